"""The message of a delivery, as its user's settings want it."""

from datetime import datetime

from notifier.deliveries.model import Delivery
from notifier.messages.message import About, Message
from notifier.messages.rendering import RENDER
from notifier.messages.together import together_message


def rendered(delivery: Delivery, now: datetime, *, is_edit: bool = False) -> Message:
    """What the delivery says now; `is_edit`: over a message that is there."""
    if delivery.is_group:
        return together_message(delivery)
    return RENDER[delivery.kind](delivery.payload, about(delivery, now, is_edit=is_edit))


def about(delivery: Delivery, now: datetime, *, is_edit: bool = False) -> About:
    """What its message knows beside its payload."""
    return About(delivery.shop_name, data_at=delivery.reported_at, now=now, is_edit=is_edit)
