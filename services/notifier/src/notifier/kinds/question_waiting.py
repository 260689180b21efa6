"""A buyer's question has no answer."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.text import UNKNOWN
from servicekit.translation import msgid

from notifier.messages.alert import QUOTE_UNITS, Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    yield f"«{told.word('text', QUOTE_UNITS) or UNKNOWN}»"
    yield told.text("No answer since {moment}", moment=told.day("created_at"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts("question_waiting", {"text": "Маломерит?", "created_at": "2026-11-20T10:00:00+03:00"})


KIND = alert_kind("question_waiting", "❓", msgid("A question waits for an answer"), lines, preview)
