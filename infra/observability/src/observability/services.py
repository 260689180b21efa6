"""A dashboard for each service."""

from observability.panels import Dashboard, Panel
from observability.service_panels import of_every_service, of_services_with_a_database


def services() -> list[Dashboard]:
    """In the order in which an order passes through them."""
    return [_ingestor(), _reporter(), _notifier(), _gateway(), _audit(), _bot()]


def _of(name: str, panels: list[Panel], *, has_database: bool = True) -> Dashboard:
    below = of_services_with_a_database(name) if has_database else []
    return Dashboard(f"pulse-{name}", f"Pulse: {name}", [*of_every_service(name), *panels, *below])


def _ingestor() -> Dashboard:
    return _of(
        "ingestor",
        [
            Panel(
                "Runs",
                {"{{outcome}}": "sum by (outcome) (rate(pulse_sync_runs_total[5m]))"},
                "A second, by what came of them.",
                unit="ops",
            ),
            Panel(
                "Cabinets",
                {"read": "max(pulse_cabinets_read)", "of them rarely": "max(pulse_cabinets_dormant)"},
                "Where nothing happens and nobody reads, less is asked.",
            ),
            Panel(
                "Failing and refused",
                {
                    "failing {{resource}}": "max by (resource) (pulse_sync_failing) > 0",
                    "refused {{resource}}": "max by (resource) (pulse_sync_suspended) > 0",
                },
                "Cabinets.",
            ),
            Panel(
                "Ranges",
                {
                    "open {{resource}}": "max by (resource) (pulse_ranges_open) > 0",
                    "oldest, s {{resource}}": "max by (resource) (pulse_ranges_oldest_seconds) > 0",
                },
                "Stretches of time read apart from news.",
            ),
            Panel(
                "Nights",
                {
                    "{{resource}} {{outcome}}": "sum by (resource, outcome)"
                    " (increase(pulse_reconciliations_total[1d]))",
                    "late rows {{resource}}": "sum by (resource)"
                    " (increase(pulse_reconciliation_late_rows_total[1d])) > 0",
                },
                "What was read again, of the last day.",
            ),
            Panel(
                "Quarantine",
                {"{{resource}}": "max by (resource) (pulse_quarantine_rows) > 0"},
                "Rows that could not be read.",
            ),
            Panel(
                "Sources of orders disagree",
                {"{{resource}} {{field}}": "max by (resource, field) (pulse_orders_disagreeing)"},
                "Orders of the last 30 days.",
            ),
            Panel(
                "Commands",
                {
                    "open": "max(pulse_wb_commands_open)",
                    "oldest, s": "max(pulse_wb_commands_oldest_seconds)",
                    "{{kind}} {{state}}": "sum by (kind, state) (increase(pulse_wb_commands_total[1h]))",
                },
                "What is written at Wildberries, and its steps of the last hour.",
            ),
            Panel(
                "Webhooks of Wildberries'",
                {
                    "{{status}}": "sum by (status) (rate(pulse_wb_webhooks_total[5m]))",
                    "{{event}} {{outcome}}": "sum by (event, outcome) (rate(pulse_wb_hints_total[5m]))",
                },
                "Requests and events a second.",
                unit="ops",
            ),
        ],
    )


def _reporter() -> Dashboard:
    return _of(
        "reporter",
        [
            Panel("Figures that wait", {"{{kind}}": "max by (kind) (pulse_stale_figures)"}, "How many."),
            Panel(
                "For how long",
                {"{{kind}}": "max by (kind) (pulse_stale_oldest_seconds)"},
                "Reconciliation waits an hour by itself.",
                unit="s",
                limit=900,
            ),
            Panel(
                "Figures that fail",
                {
                    "now {{kind}}": "max by (kind) (pulse_stale_failing)",
                    "tried {{kind}}": "sum by (kind) (rate(pulse_figures_failed_total[5m]))",
                },
                "reporter.stale_failures says which.",
            ),
            Panel(
                "Rules of sellers' alerts that fail",
                {"{{rule}}": "sum by (rule) (increase(pulse_alert_rules_failed_total[1h]))"},
                "In an hour.",
            ),
        ],
    )


def _notifier() -> Dashboard:
    return _of(
        "notifier",
        [
            Panel(
                "From the event until it was told, p50 and p99",
                {
                    f"p{round(100 * share)} {{{{channel}}}}": f"histogram_quantile({share}, sum by (channel, le)"
                    " (rate(pulse_told_seconds_bucket[5m])))"
                    for share in (0.5, 0.99)
                },
                "Of messages that were wanted at once.",
                unit="s",
                limit=10,
            ),
            Panel(
                "After it was due, p99",
                {
                    "{{channel}}": "histogram_quantile(0.99, sum by (channel, le)"
                    " (rate(pulse_delivery_late_seconds_bucket[5m])))"
                },
                "Until an attempt ended.",
                unit="s",
                limit=10,
            ),
            Panel(
                "Due and not sent",
                {"{{channel}}": "max by (channel) (pulse_deliveries_overdue_seconds)"},
                "That it grows means that nothing is sent.",
                unit="s",
                limit=120,
            ),
            Panel(
                "Open",
                {"{{channel}}": "max by (channel) (pulse_deliveries_open)"},
                "Those that wait for a morning, too.",
            ),
            Panel(
                "Oldest open",
                {"{{channel}}": "max by (channel) (pulse_deliveries_oldest_open_seconds)"},
                "Some receiver does not take it.",
                unit="s",
            ),
            Panel(
                "Attempts",
                {"{{channel}} {{outcome}}": "sum by (channel, outcome) (rate(pulse_delivery_attempts_total[5m])) > 0"},
                "A second.",
                unit="ops",
            ),
            Panel(
                "Ended",
                {"{{channel}} {{result}}": "sum by (channel, result) (rate(pulse_deliveries_finished_total[5m])) > 0"},
                "A second.",
                unit="ops",
            ),
            Panel(
                "Telegram's limits kept alone",
                {"{{instance}}": "pulse_telegram_limits_alone"},
                "1: Redis is away.",
                limit=1,
            ),
        ],
    )


def _gateway() -> Dashboard:
    return _of(
        "gateway",
        [
            Panel(
                "Requests",
                {
                    "{{route}} {{status}}": "topk(12, sum by (route, status)"
                    " (rate(pulse_http_request_seconds_count[5m])))"
                },
                "A second, of the operations that are asked most.",
                unit="reqps",
                width=12,
            ),
            Panel(
                "Reads, p99",
                {
                    "{{route}}": "topk(12, histogram_quantile(0.99, sum by (route, le)"
                    ' (rate(pulse_http_request_seconds_bucket{method="GET"}[5m]))))'
                },
                "Of the slowest operations.",
                unit="s",
                limit=0.1,
                width=12,
            ),
            Panel(
                "Reads by what answered",
                {"{{outcome}}": "sum by (outcome) (rate(pulse_reads_total[5m]))"},
                "hit: the cache; past: the cache, as the database is away.",
                unit="ops",
            ),
            Panel(
                "Refused",
                {"{{limit}}": "sum by (limit) (rate(pulse_requests_refused_total[5m]))"},
                "By what was used up.",
                unit="ops",
            ),
            Panel(
                "Repeated",
                {"{{outcome}}": "sum by (outcome) (rate(pulse_requests_repeated_total[5m]))"},
                "Requests with an Idempotency-Key that was used before.",
                unit="ops",
            ),
            Panel(
                "Connections for reads",
                {"in use {{instance}}": "pulse_read_pool_in_use", "waiting {{instance}}": "pulse_read_pool_waiting"},
                "Of published views.",
            ),
            Panel(
                "Replica",
                {"{{outcome}}": "sum by (outcome) (rate(pulse_replica_reads_total[5m]))"},
                "Where reads went, where one is configured.",
                unit="ops",
            ),
            Panel(
                "Redis",
                {"used": "max(pulse_redis_memory_bytes)", "allowed": "max(pulse_redis_memory_limit_bytes)"},
                "Full, it gives up what was not used for long.",
                unit="bytes",
            ),
            Panel("Keys", {"there": "max(pulse_redis_keys)", "given up": "max(pulse_redis_evicted_keys)"}, "In Redis."),
        ],
    )


def _audit() -> Dashboard:
    return _of(
        "audit",
        [
            Panel(
                "Last head",
                {"age": "max(pulse_audit_head_age_seconds)"},
                "A signed head is due each hour.",
                unit="s",
                limit=10_800,
            ),
            Panel(
                "Heads kept nowhere outside",
                {"heads": "max(pulse_audit_heads_unanchored)"},
                "Until they are, whoever can write to the database can rewrite what they are about.",
                limit=1,
            ),
        ],
    )


def _bot() -> Dashboard:
    return _of(
        "bot",
        [
            Panel(
                "Updates",
                {"{{outcome}}": "sum by (outcome) (rate(pulse_bot_updates_total[5m]))"},
                "A second.",
                unit="ops",
            ),
            Panel(
                "Answers of the gateway",
                {"{{outcome}}": "sum by (outcome) (rate(pulse_bot_gateway_answers_total[5m]))"},
                "A second.",
                unit="ops",
            ),
        ],
        has_database=False,
    )
