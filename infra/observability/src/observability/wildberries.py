"""What Wildberries answers, how long its limits make Pulse wait, and how fresh that leaves the data."""

from observability.panels import Dashboard, Panel


def wildberries() -> Dashboard:
    """Limits and freshness."""
    return Dashboard(
        "pulse-wildberries",
        "Pulse: limits of Wildberries and freshness",
        [
            Panel(
                "Cabinets whose data are old",
                {"{{resource}}": "max by (resource) (pulse_sync_late)"},
                "Later than they may be.",
                limit=1,
            ),
            Panel(
                "Since a resource was read, longest",
                {"{{resource}}": "max by (resource) (pulse_sync_oldest_success_seconds)"},
                "Of the cabinet where that is longest.",
                unit="s",
            ),
            Panel(
                "Since a resource was read, shortest",
                {"{{resource}}": "max by (resource) (pulse_sync_newest_success_seconds)"},
                "That it grows means that nobody's is read.",
                unit="s",
            ),
            Panel(
                "Calls",
                {"{{method}} {{status}}": "sum by (method, status) (rate(pulse_wb_requests_total[5m])) > 0"},
                "A second, by what was answered.",
                unit="ops",
                width=12,
            ),
            Panel(
                "Of them 429",
                {
                    "{{method}}": 'sum by (method) (rate(pulse_wb_requests_total{status="429"}[15m]))'
                    " / (sum by (method) (rate(pulse_wb_requests_total[15m])) > 0)"
                },
                "None, while nobody else calls with the same tokens.",
                unit="percentunit",
                limit=0.05,
                width=12,
            ),
            Panel(
                "Waits for limits, p90",
                {"{{host}}": "histogram_quantile(0.9, sum by (host, le) (rate(pulse_wb_wait_seconds_bucket[5m])))"},
                "How long a call waits, or is told to come later.",
                unit="s",
            ),
            Panel(
                "Calls that wait",
                {
                    "{{host}}": '1 - sum by (host) (rate(pulse_wb_wait_seconds_bucket{le="0.01"}[5m]))'
                    " / (sum by (host) (rate(pulse_wb_wait_seconds_count[5m])) > 0)"
                },
                "The share that cannot go at once: near 1, limits decide how fresh data are.",
                unit="percentunit",
            ),
            Panel(
                "Limits that differ",
                {"limits": "max(pulse_wb_limits_differing)"},
                "Processes were started with other WB_RATE_LIMITs.",
                limit=1,
            ),
            Panel(
                "Stopped",
                {"{{method}}": "max by (method) (pulse_wb_stopped_seconds) > 0"},
                "Methods that answer nobody.",
                unit="s",
            ),
            Panel(
                "Ends",
                {"{{method}}": "min by (method) (pulse_wb_switch_off_days)"},
                "Days until Wildberries ends a method.",
                unit="d",
                kind="bargauge",
            ),
            Panel(
                "Drift",
                {"{{method}} {{kind}}": "max by (method, kind) (pulse_wb_drift)"},
                "Names in rows that nobody has looked at yet.",
                kind="bargauge",
            ),
        ],
    )
