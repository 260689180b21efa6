"""Nothing is left of a size that somebody orders."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.figures import rate
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    text = told.text
    if told.alert.figures.get("is_whole_item") is True:
        yield text("Nothing of the item is left.")
    yield told.of_size(text("none since {day}", day=told.day("out_since")))
    yield text("Lost ≈ {rate} orders a day", rate=rate(told.decimal("orders_per_day"), told.language))
    if told.decimal("incoming"):
        yield text("On the way: {n}", n=told.number("incoming"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "out_of_stock",
        {
            "tech_size": "S",
            "out_since": "2026-11-18",
            "orders_per_day": "1.2",
            "incoming": 0,
        },
        at_risk=25099,
    )


KIND = alert_kind("out_of_stock", "⛔", msgid("Out of stock"), lines, preview)
