"""What is left lasts no longer than sending more takes."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.text import UNKNOWN
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.figures import days
from notifier.messages.sample_alert import sample_alerts

SHOWN = 5


def lines(told: Told) -> Iterator[str]:
    text = told.text
    # An item of one size has none to name.
    sizes = [
        f"{size} {told.number('replenish', row)}" for row in told.rows("sizes")[:SHOWN] if (size := told.size(row))
    ]
    what = f" ({', '.join(sizes)})" if sizes else ""
    yield text("Send: {n}", n=told.number("replenish") + what)
    lasts = told.decimal("days_left")
    yield text("The first size lasts {days}", days=UNKNOWN if lasts is None else days(lasts, told.language))
    yield text(
        "From sending to being sold: {n} d · stock for {target} d",
        n=told.number("lead_days"),
        target=told.number("target_days"),
    )


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "replenishment_due",
        {
            "replenish": 28,
            "days_left": "11.5",
            "lead_days": 14,
            "target_days": 30,
            "sizes": [{"tech_size": "S", "replenish": 16}, {"tech_size": "M", "replenish": 12}],
        },
    )


KIND = alert_kind("replenishment_due", "🚛", msgid("Time to replenish"), lines, preview)
