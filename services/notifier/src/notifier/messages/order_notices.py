"""What is told of the steps of orders: a message of a kind each, or an edit of the one that is there."""

from collections.abc import Iterator

from contracts.envelope import Event
from contracts.message_kinds import MessageKind
from contracts.orders import OrderChange, OrdersReportedV1, OrderStep, ReportedOrder

from notifier.deliveries.enqueue import Notice
from notifier.messages.changes import is_shown

KINDS: dict[OrderStep, MessageKind] = {
    "ordered": "order_new",
    "changed": "order_changed",
    "cancelled": "order_cancelled",
    "bought": "order_bought",
    "returned": "order_returned",
    "priced": "order_priced",
}

OF_BEFORE_STEPS: dict[OrderChange, OrderStep] = {"new": "ordered", "changed": "changed", "cancelled": "cancelled"}

OF_SALES: frozenset[OrderStep] = frozenset({"bought", "returned", "priced"})
"""Steps that a revision of an order can have beside what changed in it."""


def order_notices(event: Event[OrdersReportedV1]) -> Iterator[Notice]:
    """One notice a step, in the order of the event.

    Programs are told of every change, people of those that have something to show. An amount that came, and what only
    completes what was told, edit the message that is there.
    """
    for reported in event.data.orders:
        yield _notice(reported)


def _notice(reported: ReportedOrder) -> Notice:
    order = reported.order
    step = reported.step or OF_BEFORE_STEPS[order.change]
    price = order.price_with_disc
    return Notice(
        kind=KINDS[step],
        subject=_subject(step, reported),
        payload=reported.model_dump_json(),
        order_id=order.order_id,
        order_revision=order.revision,
        is_shown=step != "changed" or order.completes or is_shown(order),
        thread=f"order/{order.order_id}",
        only_edits=step == "priced" or order.completes,
        also=_also(reported) if step == "ordered" else (),
        nm_id=order.nm_id,
        amount=price,
        currency=order.currency,
    )


def _also(reported: ReportedOrder) -> tuple[MessageKind, ...]:
    """What a new order is beside that. Whether it is big, each reader's threshold decides."""
    return ("order_first", "order_big") if reported.is_first else ("order_big",)


def _subject(step: OrderStep, reported: ReportedOrder) -> str:
    order, sale = reported.order, reported.sale
    if step not in OF_SALES or sale is None:
        beside = f"/{step}" if step in OF_SALES else ""
        return f"order/{order.order_id}/{order.revision}{beside}"
    if step != "priced":
        return f"order/{order.order_id}/{step}/{sale.sale_id}"
    # Its amounts say which correction it is.
    amounts = "/".join(str(amount) for amount in (sale.price_with_disc, sale.finished_price, sale.for_pay))
    return f"order/{order.order_id}/priced/{sale.sale_id}/{amounts}"
