"""5,000 orders in a minute in one shop: how many messages they become, that all are told, and what Telegram refuses."""

import time
from dataclasses import dataclass
from typing import Any

from demo.database import look
from demo.installation import Installation, installation, wait_until
from support.grouped import is_of_many, orders_told

from bench.command import PREFIX, run_with_its_own, say
from bench.figures import Figures, entry

SETTLE_SECONDS = 900.0
"""A chat is told of a thousand a minute."""

LIMITS = {
    "TELEGRAM_PER_SECOND": "25",
    "TELEGRAM_PER_CHAT_PER_SECOND": "1",
    "TELEGRAM_PER_GROUP_PER_MINUTE": "20",
}
"""The notifier's own by default; the fake has Telegram's."""


@dataclass(frozen=True)
class Sizes:
    """Orders a second, and for how long."""

    rate: float = 84.0
    seconds: float = 60.0


def measure(sizes: Sizes) -> Figures:
    """Let buyers order, wait until nothing waits any more, and count in the chat."""
    with installation(PREFIX, history_orders=500, progress=say, telegram_limits=[], env=LIMITS) as pulse:
        cabinet_id = pulse.connect_cabinet(lambda _: None)
        settings = {"rules": [{"group_after": 10}]}
        pulse.api.patch("/api/v1/notifications/settings", json=settings).raise_for_status()
        made, began = _burst(pulse, sizes), time.monotonic()
        pulse.sync_now(cabinet_id, SETTLE_SECONDS)
        wait_until("all are told", lambda: _orders_told(pulse) >= made and not _waiting(pulse), SETTLE_SECONDS)
        settled = time.monotonic() - began
        messages, stats = pulse.telegram.raw_messages(), _stats(pulse)
    count = {
        "orders made": made,
        "orders told": orders_told(messages),
        "messages": len(messages),
        "of many": sum(map(is_of_many, messages)),
        "answers 429": stats["refused"].get("429", 0),
        "sent before retry_after": stats["early_sends"],
    }
    figures = {f"burst, {what}": entry(number, None, "", digits=None) for what, number in count.items()}
    return figures | {"burst, its end to the last told": entry(settled, None, "s")}


def _burst(pulse: Installation, sizes: Sizes) -> int:
    say(f"{sizes.rate:g} orders a second for {sizes.seconds:g} s")
    pulse.wildberries.life(sizes.rate, cancel_share=0, price_share=0, buyout_share=0, return_share=0)
    time.sleep(sizes.seconds)
    pulse.wildberries.life(0)
    return sum(change.kind == "new" for change in pulse.wildberries.changes())


def _orders_told(pulse: Installation) -> int:
    return orders_told(pulse.telegram.raw_messages())


def _waiting(pulse: Installation) -> bool:
    query = "SELECT EXISTS (SELECT FROM notifier.deliveries WHERE status IN ('pending', 'sending'))"
    return bool(look(pulse.admin_database_url, lambda connection: connection.fetchval(query)))


def _stats(pulse: Installation) -> dict[str, Any]:
    stats: dict[str, Any] = pulse.telegram.control.get("/_sim/stats").raise_for_status().json()
    return stats


if __name__ == "__main__":
    run_with_its_own(measure, Sizes())
