"""Steps of an order's life, as live events tell them. Each is told once, whichever source tells it first.

What happens once is remembered in `told_steps`: neither the other source nor the same one tells it again, and an older
revision that comes late tells what a newer one did not. Any other change of an order is told where its revision is
newer than what was known. What only completes what another source told is no step, but for the end that it may tell,
and for an amount that it brings.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.orders import ChangedOrder, OrderChange, OrderStep, StepSale, order_ids_of
from contracts.sales import ChangedSale

STEP_OF: Final[Mapping[OrderChange, OrderStep]] = {"new": "ordered", "changed": "changed", "cancelled": "cancelled"}
ENDS: Final[Mapping[str, OrderStep]] = {"buyout": "bought", "return": "returned", "returnDefective": "returned"}
"""Status in the order feed → the step it tells."""
PRICES = ("price_with_disc", "finished_price")
AMOUNTS = (*PRICES, "for_pay")


@dataclass(frozen=True)
class Step:
    """A step that an event tells: by a revision of the order, or by a sale."""

    step: OrderStep
    order_id: UUID
    at: datetime
    """When it happened, by Wildberries."""
    order: ChangedOrder | None = None
    sale: StepSale | None = None
    is_stored: bool = False
    """The order's revision that tells it was newer than what was known."""
    is_silent: bool = False
    """Told by another step already: only to be remembered."""

    revision: int = 0
    """Of what tells that an amount came: each time is a step of its own."""

    @property
    def key(self) -> str:
        """What it is remembered by, among the steps of its order; a change is not."""
        if self.step != "priced":
            return "" if self.step == "changed" else self.step
        return f"priced {self.sale.sale_id if self.sale else 'order'} {self.revision}"

    @property
    def is_told_anyway(self) -> bool:
        """A newer revision of an order is told as what changed in it: a second cancel is one."""
        return self.is_stored and self._is_change

    @property
    def is_of_feed(self) -> bool:
        """A purchase or a return by the order feed, which is no news where a sale is known."""
        return self.order is not None and self.step in ENDS.values()

    @property
    def _is_change(self) -> bool:
        return self.order is not None and self.step == STEP_OF[self.order.change]


def of_orders(orders: Sequence[ChangedOrder], stored: Collection[UUID]) -> Iterator[Step]:
    """What revisions of orders tell; `stored`: the orders whose newest revision among them is the newest known."""
    newest: dict[UUID, int] = {}
    for order in orders:
        newest[order.order_id] = max(order.revision, newest.get(order.order_id, 0))
    for order in orders:
        is_stored = order.order_id in stored and order.revision == newest[order.order_id]
        for what, at in _of_order(order):
            yield Step(what, order.order_id, at, order=order, is_stored=is_stored, revision=order.revision)
        if order.change == "new" and order.is_cancel:
            yield Step("cancelled", order.order_id, order.ordered_at, order=order, is_silent=True)


def _of_order(order: ChangedOrder) -> Iterator[tuple[OrderStep, datetime]]:
    moments = {"new": order.ordered_at, "cancelled": order.cancelled_at}
    if not order.completes:
        yield STEP_OF[order.change], moments.get(order.change) or order.last_change_at
    end = ENDS.get(order.status or "")
    if end and (order.change == "new" or "status" in order.previous):
        yield end, order.status_at or order.last_change_at
    if any(_came(order, name) for name in PRICES):
        yield "priced", order.last_change_at


def of_sales(cabinet_id: UUID, sales: Sequence[ChangedSale]) -> Iterator[Step]:
    """What sales and returns tell. One without a `srid` belongs to no order, and tells nothing."""
    order_id = order_ids_of(cabinet_id)
    for sale in sales:
        if sale.srid is None:
            continue
        what: OrderStep = "returned" if sale.is_return else "bought"
        at = sale.sold_at
        if sale.change != "new":
            if not any(name in sale.previous for name in AMOUNTS):
                continue
            what, at = "priced", sale.last_change_at
        amounts = StepSale.model_validate(sale, from_attributes=True)
        yield Step(what, UUID(order_id(sale.srid)), at, sale=amounts, revision=sale.revision)


def _came(order: ChangedOrder, amount: str) -> bool:
    return amount in order.previous and order.previous[amount] is None and getattr(order, amount) is not None
