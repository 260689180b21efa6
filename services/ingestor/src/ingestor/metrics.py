"""What the ingestor counts for an operator: docs/operator-metrics.md."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram
from servicekit.counters import begin_at_zero

WB_REQUESTS = Counter(
    "pulse_wb_requests",
    "Requests to Wildberries by method and HTTP status; `none` is no whole answer in time, `other` no status of HTTP.",
    ("method", "status"),
    registry=None,
)
SYNC_RUNS = Counter(
    "pulse_sync_runs",
    "Runs of a sync by what came of them: completed, paused, failed, refused, suspended.",
    ("resource", "outcome"),
    registry=None,
)
SYNC_ROWS = Counter(
    "pulse_sync_rows",
    "Rows read from Wildberries: new, changed, same, quarantined; and gone, which a whole reading no longer has.",
    ("resource", "kind"),
    registry=None,
)
COMMANDS = Counter(
    "pulse_wb_commands",
    "Steps of commands (what is written at Wildberries) that were told, by the state they led to: requested (it waits, "
    "or had no effect), sent, unknown, confirmed, refused, cancelled.",
    ("kind", "state"),
    registry=None,
)

RECONCILIATIONS = Counter(
    "pulse_reconciliations",
    "Nights of a resource of a cabinet by what came of them: whole, holes (named in the ledger), failed.",
    ("resource", "outcome"),
    registry=None,
)
LATE_ROWS = Counter(
    "pulse_reconciliation_late_rows",
    "Rows that were missing until a reconciliation found them; they are stored.",
    ("resource",),
    registry=None,
)
LIMITS_DIFFERING = Gauge(
    "pulse_wb_limits_differing",
    "Limits of Wildberries for which processes were started with different values (WB_RATE_LIMIT, or another version); "
    "the stricter counts for all.",
    registry=None,
)

WEBHOOKS = Counter(
    "pulse_wb_webhooks",
    "Requests to the receiver of Wildberries' webhooks by what was answered: 200 stored or nothing to store, 400 not "
    "readable, 401 not from Wildberries, 408 too slow, 413 too large, 500 not stored.",
    ("status",),
    registry=None,
)
HINTS = Counter(
    "pulse_wb_hints",
    "Events in webhooks of Wildberries by what came of them: taken (something is read for it), ignored (a repeat, of "
    "no cabinet, or nothing is to be read for it); `other` are events that are not known.",
    ("event", "outcome"),
    registry=None,
)

begin_at_zero(WEBHOOKS, "200", "400", "401", "408", "413", "500")
begin_at_zero(HINTS, ("other", "ignored"))

WB_WAIT_SECONDS = Histogram(
    "pulse_wb_wait_seconds",
    "How long Wildberries' limits, as they are kept here, made a call wait, or told it to come later, by host.",
    ("host",),
    buckets=(0.01, 1, 10, 60, 600),
    registry=None,
)

COUNTERS = (
    WB_REQUESTS,
    SYNC_RUNS,
    SYNC_ROWS,
    COMMANDS,
    RECONCILIATIONS,
    LATE_ROWS,
    WEBHOOKS,
    HINTS,
    LIMITS_DIFFERING,
    WB_WAIT_SECONDS,
)


def count_wb_request(method: str, status: int | None) -> None:
    """One more request to a method of `METHODS`; without a status if there was no whole answer."""
    label = "none" if status is None else str(status) if 100 <= status <= 599 else "other"
    WB_REQUESTS.labels(method, label).inc()


def observe_wb_wait(host: str, seconds: float) -> None:
    """One more call that the limits let go after so long, or told to come after so long."""
    WB_WAIT_SECONDS.labels(host).observe(seconds)


def count_run(resource: str, outcome: str, counts: Mapping[str, float]) -> None:
    """One more run that ended, with the rows it read: `rows_new`, `rows_changed` and so on."""
    SYNC_RUNS.labels(resource, outcome).inc()
    for kind in ("new", "changed", "same", "quarantined", "gone"):
        SYNC_ROWS.labels(resource, kind).inc(counts[f"rows_{kind}"])


def count_command(kind: str, state: str) -> None:
    """One more step of a command, after which it was told anew."""
    COMMANDS.labels(kind, state).inc()


def count_reconciliation(resource: str, outcome: str, late_rows: int) -> None:
    """One more night of a resource that was reconciled, or failed to be."""
    RECONCILIATIONS.labels(resource, outcome).inc()
    LATE_ROWS.labels(resource).inc(late_rows)


def count_webhook(status: int) -> None:
    """One more request to the receiver of webhooks, answered so."""
    WEBHOOKS.labels(str(status)).inc()


def count_hints(event: str, *, taken: int, of: int) -> None:
    """Events of one name in a webhook: how many there were, and how many of them something is read for."""
    HINTS.labels(event, "taken").inc(taken)
    HINTS.labels(event, "ignored").inc(of - taken)
