"""The first dashboard: whether all is well, and where to look if not."""

from observability.objectives import OBJECTIVES, record_of
from observability.panels import Dashboard, Panel


def overview() -> Dashboard:
    """Objectives, alerts, and the way of an order from Wildberries to Telegram."""
    return Dashboard(
        "pulse-overview",
        "Pulse: overview",
        [
            Panel(
                "Alerts",
                {"{{alertname}}": 'ALERTS{alertstate="firing"}'},
                "docs/runbook.md says what to do.",
                kind="table",
                width=12,
            ),
            Panel("Services", {"{{job}} {{instance}}": "up"}, "1: it answers.", kind="stat", width=12),
            Panel(
                "Budget that is left of the last 3 days",
                {"{{objective}}": f"1 - {record_of('3d')} / on (objective) pulse:objective_budget:ratio"},
                "1: nothing went wrong; below 0: more than may. "
                + "; ".join(f"{each.name}: {each.target:.1%} {each.meaning}" for each in OBJECTIVES),
                unit="percentunit",
                kind="bargauge",
                width=12,
            ),
            Panel(
                "How fast budgets burn (1 h)",
                {"{{objective}}": f"{record_of('1h')} / on (objective) pulse:objective_budget:ratio"},
                "1: as fast as they may; from 14.4 on somebody is called.",
                limit=14.4,
                width=12,
            ),
            Panel(
                "Requests",
                {"{{status}}": "sum by (status) (rate(pulse_http_request_seconds_count[5m]))"},
                "A second, by class of status.",
                unit="reqps",
            ),
            Panel(
                "Reads, p50 and p99",
                {
                    f"p{round(100 * share)}": f"histogram_quantile({share}, sum by (le)"
                    ' (rate(pulse_http_request_seconds_bucket{method="GET"}[5m])))'
                    for share in (0.5, 0.99)
                },
                "As fine as the buckets are: 10, 50, 100, 250 ms, 1 and 5 s.",
                unit="s",
                limit=0.1,
            ),
            Panel(
                "Hit rate of the cache",
                {"hits": 'sum(rate(pulse_reads_total{outcome="hit"}[5m])) / sum(rate(pulse_reads_total[5m]))'},
                "80 % at least.",
                unit="percentunit",
            ),
            Panel(
                "Since orders were read",
                {
                    "longest": 'max(pulse_sync_oldest_success_seconds{resource="orders"})',
                    "shortest": 'min(pulse_sync_newest_success_seconds{resource="orders"})',
                },
                "Of the cabinet where that is longest, and shortest.",
                unit="s",
                limit=1800,
            ),
            Panel(
                "Rows from Wildberries",
                {"{{kind}}": "sum by (kind) (rate(pulse_sync_rows_total[5m]))"},
                "A second: new, changed, the same, in quarantine, gone.",
                unit="ops",
            ),
            Panel(
                "Events that wait",
                {
                    "outbox {{job}}": "max by (job) (pulse_outbox_unsent)",
                    "{{queue}}": "max by (queue) (pulse_queue_messages) > 0",
                },
                "In outboxes and queues.",
            ),
            Panel(
                "Figures that wait",
                {"{{kind}}": "max by (kind) (pulse_stale_oldest_seconds)"},
                "For how long.",
                unit="s",
                limit=900,
            ),
            Panel(
                "From the event to Telegram",
                {
                    f"p{round(100 * share)}": f"histogram_quantile({share}, sum by (le)"
                    ' (rate(pulse_told_seconds_bucket{channel="telegram"}[5m])))'
                    for share in (0.5, 0.99)
                },
                "Of messages that were wanted at once.",
                unit="s",
                limit=10,
            ),
            Panel(
                "Messages",
                {"{{channel}} {{outcome}}": "sum by (channel, outcome) (rate(pulse_delivery_attempts_total[5m])) > 0"},
                "Attempts a second.",
                unit="ops",
            ),
        ],
    )
