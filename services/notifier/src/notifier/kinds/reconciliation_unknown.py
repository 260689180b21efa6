"""Some of a difference to what Wildberries shows elsewhere is unexplained."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.text import UNKNOWN
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts

AGAINST = {"funnel": msgid("Sales funnel"), "finance": msgid("Finance report")}


def lines(told: Told) -> Iterator[str]:
    text = told.text
    against = AGAINST.get(str(told.alert.figures.get("against")), "")
    since, until = told.day("first_day"), told.day("last_day")
    yield text("{against}: {since} – {until}", against=text(against) if against else UNKNOWN, since=since, until=until)
    yield text("Items: {items} · pieces: {pieces}", items=told.number("items"), pieces=told.number("pieces"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "reconciliation_unknown",
        {"against": "finance", "items": 3, "pieces": 5, "first_day": "2026-11-02", "last_day": "2026-11-08"},
        at_risk=7400,
        is_of_item=False,
    )


KIND = alert_kind("reconciliation_unknown", "🔍", msgid("Unexplained difference in a report"), lines, preview)
