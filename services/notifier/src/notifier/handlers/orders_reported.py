"""Reported orders become deliveries: one for every changed order and everyone who is told of it."""

from contracts.envelope import Event, Origin
from contracts.message_kinds import OrderKind
from contracts.orders import OrderChange, OrdersReportedV1, OrderStep
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.enqueue import Notice, enqueue
from notifier.messages.changes import changed_lines

KINDS: dict[OrderChange, OrderKind] = {"new": "order_new", "changed": "order_changed", "cancelled": "order_cancelled"}

WITHOUT_MESSAGE: frozenset[OrderStep | None] = frozenset({"bought", "returned", "priced"})
"""Steps that no message tells yet. An order's revision that is one of them is told as a change beside it, as before."""


async def orders_reported(connection: AsyncConnection, event: Event[OrdersReportedV1]) -> None:
    """Each change becomes one delivery a recipient, whatever is delivered again; only `live` events tell anyone.

    Programs are told of every change, people of those that have something to show.

    Raises:
        CabinetUnknown: nothing was stored; the event has to be handled again.
    """
    told = [each for each in event.data.orders if each.step not in WITHOUT_MESSAGE]
    if event.origin is not Origin.LIVE or not told:
        return
    await enqueue(
        connection,
        event,
        [
            Notice(
                kind=KINDS[each.order.change],
                subject=f"order/{each.order.order_id}/{each.order.revision}",
                payload=each.model_dump_json(),
                order_id=each.order.order_id,
                order_revision=each.order.revision,
                is_shown=each.order.change != "changed" or any(changed_lines(each.order)),
            )
            for each in told
        ],
    )
