"""The price of an item moved."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.figures import change
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    changed = change(told.decimal("change_percent"), told.language)
    yield f"{told.money('price_before')} → {told.money('price')} ({changed})"


def preview() -> tuple[Alert, ...]:
    return sample_alerts("price_changed", {"price": "1345", "price_before": "1494", "change_percent": "-9.97"})[:1]


KIND = alert_kind("price_changed", "🏷", msgid("The price changed"), lines, preview, ends=False)
