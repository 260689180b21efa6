"""The message of a delivery, as its user's settings want it."""

from datetime import datetime

from servicekit.translation import language, zone_of

from notifier.deliveries.model import Delivery
from notifier.kinds import KINDS
from notifier.kinds.group import Grouped, render_group
from notifier.messages.message import RUSSIAN, About, Message
from notifier.messages.own import test_message


def rendered(delivery: Delivery, now: datetime, *, is_edit: bool = False) -> Message:
    """What the delivery says now; `is_edit`: over a message that is there."""
    if delivery.is_group:
        told = (delivery, *delivery.grouped)
        items = [Grouped(each.kind, each.payload, about(each, now), each.amount, each.currency) for each in told]
        return render_group(items, about(delivery, now))
    if delivery.kind == "target_test":
        return test_message(about(delivery, now))
    return KINDS[delivery.kind].render(delivery.payload, about(delivery, now, is_edit=is_edit))


def about(delivery: Delivery, now: datetime, *, is_edit: bool = False) -> About:
    """What its message knows beside its payload."""
    settings = delivery.settings
    return About(
        delivery.shop_name,
        data_at=delivery.reported_at,
        now=now,
        is_edit=is_edit,
        was_told_as=delivery.living.kind if is_edit and delivery.living else None,
        language=language("notifier", settings.language) if settings else RUSSIAN,
        zone=zone_of(settings.zone if settings else None),
        delivery_id=delivery.id if delivery.telegram_id is not None else None,
    )
