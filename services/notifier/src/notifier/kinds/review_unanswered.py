"""A review has no answer for long."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import QUOTE_UNITS, Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    text = told.text
    stars = text("⭐ {stars} of 5", stars=told.number("valuation"))
    yield " · ".join(filter(None, (stars, told.size() and text("size {size}", size=told.size()))))
    if quote := told.word("text", QUOTE_UNITS):
        yield f"«{quote}»"
    yield text("No answer since {moment}", moment=told.day("created_at"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "review_unanswered",
        {"valuation": 4, "text": "Хорошее худи", "tech_size": "M", "created_at": "2026-11-18T10:00:00+03:00"},
        feedback_id="YX52RZEBhH9mrcYdEJuD",
    )


KIND = alert_kind("review_unanswered", "💬", msgid("A review waits for an answer"), lines, preview)
