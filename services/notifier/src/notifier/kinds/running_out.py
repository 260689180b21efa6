"""An item's sizes last for less than a week."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.text import UNKNOWN
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.figures import days, rate
from notifier.messages.sample_alert import sample_alerts

SHOWN = 5


def lines(told: Told) -> Iterator[str]:
    text, language = told.text, told.language
    for row in told.rows("sizes")[:SHOWN]:
        lasts, speed = told.decimal("days_left", row), told.decimal("orders_per_day", row)
        line = text(
            "{left} left, {rate} a day → lasts {days}",
            left=told.number("left", row),
            rate=rate(speed, language),
            days=UNKNOWN if lasts is None else days(lasts, language),
        )
        yield told.of_size(line, row)
    yield text("Ends on {day}", day=told.day("runs_out_on"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "running_out",
        {
            "days_left": "2.9",
            "runs_out_on": "2026-11-23",
            "sizes": [{"tech_size": "M", "left": 6, "orders_per_day": "2.1", "days_left": "2.9", "incoming": 0}],
        },
        at_risk=41000,
    )


KIND = alert_kind("running_out", "📦", msgid("Running out"), lines, preview)
