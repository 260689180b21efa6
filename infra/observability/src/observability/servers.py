"""What PostgreSQL, RabbitMQ and Redis say of themselves."""

from observability.panels import Dashboard, Panel


def servers() -> Dashboard:
    """The three servers."""
    return Dashboard(
        "pulse-servers",
        "Pulse: servers",
        [
            Panel(
                "Answer",
                {"PostgreSQL": "pg_up", "Redis": "redis_up", "RabbitMQ": 'up{job="rabbitmq"}'},
                "1: yes.",
                kind="stat",
            ),
            Panel(
                "Connections of PostgreSQL",
                {
                    "{{datname}}": "sum by (datname) (pg_stat_activity_count)",
                    "allowed": "max(pg_settings_max_connections)",
                },
                "Of all services and whoever else.",
            ),
            Panel(
                "Size of the database",
                {"{{datname}}": "max by (datname) (pg_database_size_bytes)"},
                "On disk.",
                unit="bytes",
            ),
            Panel(
                "Memory of RabbitMQ",
                {
                    "used": "rabbitmq_process_resident_memory_bytes",
                    "until it blocks": "rabbitmq_resident_memory_limit_bytes",
                },
                "From the limit on it takes no events.",
                unit="bytes",
            ),
            Panel(
                "Disk of RabbitMQ",
                {
                    "free": "rabbitmq_disk_space_available_bytes",
                    "below which it blocks": "rabbitmq_disk_space_available_limit_bytes",
                },
                "What is left.",
                unit="bytes",
            ),
            Panel(
                "Messages and connections of RabbitMQ",
                {"ready": "rabbitmq_queue_messages_ready", "connections": "rabbitmq_connections"},
                "In all queues.",
            ),
            Panel(
                "Redis",
                {"clients": "redis_connected_clients", "keys given up a second": "rate(redis_evicted_keys_total[5m])"},
                "Memory is on the gateway's page.",
            ),
        ],
    )
