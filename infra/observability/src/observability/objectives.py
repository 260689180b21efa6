"""What is promised of Pulse, how it is measured, and how fast a budget of errors may burn."""

from dataclasses import dataclass

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")

RUNBOOK = "docs/runbook.md"


@dataclass(frozen=True)
class Objective:
    """A share of something that is to be good.

    `errors` is the share that was not, over a window that stands as `$window` in it; nothing where there was nothing
    to be good or bad. `alert` is the alert that warns of it, `summary` what that says.
    """

    name: str
    meaning: str
    target: float
    errors: str
    alert: str
    summary: str

    @property
    def budget(self) -> float:
        """The share that may be bad."""
        return round(1 - self.target, 6)


@dataclass(frozen=True)
class Burn:
    """A budget that burns `factor` times as fast as it may, over `long` and still over `short`."""

    factor: float
    long: str
    short: str
    severity: str


# Google's SRE workbook, chapter 5: 2 % of a month's budget in an hour, 5 % in 6 hours, 10 % in three days.
BURNS = (
    Burn(14.4, "1h", "5m", "page"),
    Burn(6, "6h", "30m", "page"),
    Burn(3, "1d", "2h", "ticket"),
    Burn(1, "3d", "6h", "ticket"),
)

_REQUESTS = "pulse_http_request_seconds_count"
_READS = 'method="GET", route!~"/api/v1/admin/.*|other"'


def _share(bad: str, of: str) -> str:
    """The share of one sum of rates in another, 0 where there are no series of the first."""
    return f"(sum(rate({bad}[$window])) or vector(0)) / (sum(rate({of}[$window])) > 0)"


OBJECTIVES = (
    Objective(
        name="availability",
        meaning="requests that the gateway answers, whatever it answers: no 5xx",
        target=0.999,
        errors=_share(f'{_REQUESTS}{{status="5xx"}}', _REQUESTS),
        alert="ApiFails",
        summary="The gateway answers too many requests with 5xx",
    ),
    Objective(
        name="latency",
        meaning="reads that are answered within 100 ms, but for those of administrators",
        target=0.99,
        errors=(
            f'1 - sum(rate(pulse_http_request_seconds_bucket{{{_READS}, le="0.1"}}[$window])) / '
            f"(sum(rate({_REQUESTS}{{{_READS}}}[$window])) > 0)"
        ),
        alert="ApiIsSlow",
        summary="Too many reads take longer than 100 ms",
    ),
    Objective(
        name="syncs",
        meaning="readings of Wildberries that come to their end; what a seller's token does not permit is none",
        target=0.99,
        errors=_share('pulse_sync_runs_total{outcome="failed"}', 'pulse_sync_runs_total{outcome=~"completed|failed"}'),
        alert="SyncsFail",
        summary="Too many readings of Wildberries fail",
    ),
    Objective(
        name="freshness",
        meaning="data (of each resource of each cabinet) that are not older than they may be",
        target=0.99,
        errors="avg_over_time(pulse:late:ratio[$window])",
        alert="DataIsOld",
        summary="Too many cabinets' data are older than they may be",
    ),
    Objective(
        name="told",
        meaning="Telegram messages that were there within 10 s of the event, which follows Wildberries' answer",
        target=0.99,
        errors=(
            '1 - sum(rate(pulse_told_seconds_bucket{channel="telegram", le=~"10|10.0"}[$window])) / '
            '(sum(rate(pulse_told_seconds_count{channel="telegram"}[$window])) > 0)'
        ),
        alert="MessagesAreLate",
        summary="Too many Telegram messages come later than 10 s after the event",
    ),
    Objective(
        name="hit_rate",
        meaning="reads that the cache answers",
        target=0.8,
        errors='1 - sum(rate(pulse_reads_total{outcome="hit"}[$window])) / (sum(rate(pulse_reads_total[$window])) > 0)',
        alert="CacheMisses",
        summary="The cache answers fewer than 80 % of reads",
    ),
)

# Of a budget of a fifth, no more than five times as much can burn: it is watched as a level.
LEVELS = frozenset({"hit_rate"})


def record_of(window: str) -> str:
    """The name of the recorded share of errors over a window; its label `objective` says of what."""
    return f"pulse:objective_errors:ratio{window}"
