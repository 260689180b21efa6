"""A buyer gave three stars or fewer."""

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
    yield text("Bad reviews in 7 days: {bad} of {all}", bad=told.number("bad_week"), all=told.number("count_week"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "bad_review",
        {"valuation": 2, "text": "Ткань тонкая, рукав короткий", "tech_size": "L", "bad_week": 6, "count_week": 31},
        feedback_id="YX52RZEBhH9mrcYdEJuD",
    )


KIND = alert_kind("bad_review", "⭐", msgid("Bad review"), lines, preview)
