"""A buyer wants to give something back, and the seller may answer."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import QUOTE_UNITS, Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    if quote := told.word("text", QUOTE_UNITS):
        yield f"«{quote}»"
    yield told.text("Claimed on {moment}", moment=told.day("claimed_at"))
    yield told.text("WB lists it until {moment}", moment=told.day("listed_until"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "claim_waiting",
        {
            "text": "Пришло с дыркой",
            "claimed_at": "2026-11-19T09:00:00+03:00",
            "listed_until": "2026-12-03T09:00:00+03:00",
        },
        at_risk=1135,
    )


KIND = alert_kind("claim_waiting", "⚖️", msgid("A return claim waits for you"), lines, preview)
