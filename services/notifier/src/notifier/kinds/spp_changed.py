"""WB's discount of an item moved."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.figures import share
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    before, now = share(told.decimal("spp_before"), told.language), share(told.decimal("spp"), told.language)
    yield told.text("SPP {before} → {now}", before=before, now=now)
    yield told.text("By {orders} orders of today and yesterday", orders=told.number("orders"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "spp_changed",
        {
            "spp": "17",
            "spp_before": "24",
            "points": "-7",
            "orders": 5,
            "orders_before": 31,
        },
    )[:1]


KIND = alert_kind("spp_changed", "🛍", msgid("WB's discount changed"), lines, preview, ends=False)
