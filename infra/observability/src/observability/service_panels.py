"""What every service shows, for the dashboard of each."""

from observability.panels import Panel


def of_every_service(job: str) -> list[Panel]:
    """Processes, their memory and processor."""
    return [
        Panel(
            "Processes",
            {"{{instance}}": f'up{{job="{job}"}}'},
            "1: it answers. Of several, each is a line.",
            kind="stat",
        ),
        Panel(
            "Memory",
            {"{{instance}}": f'process_resident_memory_bytes{{job="{job}"}}'},
            "A container has 256 MB.",
            unit="bytes",
            limit=230 * 1024 * 1024,
        ),
        Panel(
            "Processor",
            {"{{instance}}": f'rate(process_cpu_seconds_total{{job="{job}"}}[5m])'},
            "Cores in use; a process uses one at most.",
            limit=0.9,
        ),
    ]


def of_services_with_a_database(job: str) -> list[Panel]:
    """Events in and out, and the pool."""
    mine = f'{{job="{job}"}}'
    its_queues = f'{{queue=~"{job}[.].*"}}'  # whoever tells of them
    return [
        Panel(
            "Queues",
            {"{{queue}}": f"max by (queue) (pulse_queue_messages{its_queues})"},
            "What waits. That it grows means that less is handled than comes.",
            limit=1000,
        ),
        Panel(
            "Events handled",
            {"{{queue}} {{outcome}}": f"sum by (queue, outcome) (rate(pulse_events_handled_total{mine}[5m])) > 0"},
            "A second, by what came of them. Retried and dead ones name their reasons in the log.",
            unit="ops",
        ),
        Panel(
            "Handling, p95",
            {
                "{{queue}}": "histogram_quantile(0.95, sum by (queue, le)"
                f" (rate(pulse_event_handling_seconds_bucket{mine}[5m])))"
            },
            "From delivery to commit, waits for a connection and for the cabinet's turn included.",
            unit="s",
            limit=10,
        ),
        Panel(
            "Outbox",
            {"oldest": f"max(pulse_outbox_oldest_seconds{mine})"},
            "Age of the oldest event that the broker has not confirmed.",
            unit="s",
            limit=120,
        ),
        Panel(
            "Dead letters",
            {"{{queue}}": f"max by (queue) (pulse_dead_letters{its_queues}) > 0"},
            "Each wants a person.",
            limit=1,
        ),
        Panel(
            "Pool of connections",
            {
                "in use {{instance}}": f"pulse_db_pool_in_use{mine}",
                "size {{instance}}": f"pulse_db_pool_size{mine}",
                "beyond {{instance}}": f"pulse_db_pool_overflow{mine}",
                "waiting {{instance}}": f"pulse_db_pool_waiting{mine}",
            },
            "Work that waits for long: the pool is too small, or the database slow.",
        ),
        Panel(
            "What can be read",
            {"{{gauges}}": f"min by (gauges) (pulse_scrape_ok{mine})"},
            "0: this cannot be read just now, and is not shown.",
        ),
    ]
