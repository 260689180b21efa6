"""Unusually many returns in a week."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    yield told.text(
        "Returned in {n} d: {events} of {tries}, usually {usual}",
        n=told.number("days"),
        events=told.number("events"),
        tries=told.number("tries"),
        usual=told.number("usual"),
    )


def preview() -> tuple[Alert, ...]:
    return sample_alerts("unusual_returns", {"events": 10, "tries": 24, "usual": "1.87", "days": 7}, at_risk=12000)


KIND = alert_kind("unusual_returns", "❗", msgid("Unusually many returns"), lines, preview)
