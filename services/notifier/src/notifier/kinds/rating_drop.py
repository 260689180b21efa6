"""The mean of an item's reviews fell."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    text = told.text
    yield text("⭐ {before} → {now} in a week", before=told.number("rating_week_ago"), now=told.number("rating"))
    yield text("Bad reviews in 7 days: {bad} of {all}", bad=told.number("bad_week"), all=told.number("count_week"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "rating_drop",
        {
            "rating": "4.4",
            "rating_week_ago": "4.6",
            "drop": "0.2",
            "count": 312,
            "bad_week": 6,
            "count_week": 31,
        },
    )


KIND = alert_kind("rating_drop", "📉", msgid("The rating fell"), lines, preview)
