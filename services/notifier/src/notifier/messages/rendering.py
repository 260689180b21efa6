"""Which module makes the message of a kind."""

from collections.abc import Mapping

from contracts.message_kinds import OrderKind
from contracts.orders import ReportedOrder

from notifier.messages.cabinet_resumed import cabinet_resumed
from notifier.messages.cabinet_suspended import cabinet_suspended
from notifier.messages.data_delayed import data_delayed
from notifier.messages.data_recovered import data_recovered
from notifier.messages.message import About, Message, Render
from notifier.messages.order import order_message
from notifier.messages.scope import scope_refused, scope_restored
from notifier.messages.sync_failed import sync_failed
from notifier.messages.token_expiring import token_expiring
from notifier.messages.webhook_failing import webhook_failing, webhook_paused, webhook_recovered


def _of_order(kind: OrderKind) -> Render:
    def render(payload: str, about: About) -> Message:
        reported = ReportedOrder.model_validate_json(payload)
        return order_message(kind, reported, shop_name=about.shop_name, data_at=about.data_at, now=about.now)

    return render


RENDER: Mapping[str, Render] = {
    "order_new": _of_order("order_new"),
    "order_changed": _of_order("order_changed"),
    "order_cancelled": _of_order("order_cancelled"),
    "cabinet_suspended": cabinet_suspended,
    "cabinet_resumed": cabinet_resumed,
    "scope_refused": scope_refused,
    "scope_restored": scope_restored,
    "token_expiring": token_expiring,
    "data_delayed": data_delayed,
    "data_recovered": data_recovered,
    "sync_failed": sync_failed,
    "webhook_failing": webhook_failing,
    "webhook_recovered": webhook_recovered,
    "webhook_paused": webhook_paused,
}
"""Kind → what makes a message of its payload."""
