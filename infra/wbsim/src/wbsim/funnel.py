"""The sales funnel: how often each card was opened and put into carts on a day, and what became of that day's orders.

Visits derive from the shop's seed, the card and the day, and grow every two hours while the day lasts. Orders are the
shop's own; purchases, refusals and returns count on the Moscow day of the order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from wbsim.catalogue import Product
from wbsim.orders import Order, RowJson
from wbsim.times import DAY_SECONDS, MOSCOW_SECONDS, moscow

HISTORY_DAYS = 7
TICK_SECONDS = 2 * 3600
OPENS_PER_ORDER, CARTS_PER_ORDER = 12, 2


class Funnel:
    """The orders of a shop by card and day of order; a day is a number counted from 1970 in Moscow time."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._orders: dict[tuple[int, int], list[Order]] = {}

    def note(self, order: Order) -> None:
        """An order was placed."""
        self._orders.setdefault((order.nm_id, day_of(order.placed_at)), []).append(order)

    def orders(self, nm_id: int, day: int, until: float) -> list[Order]:
        """What was ordered of a card on a day, up to a moment (simulated Unix seconds)."""
        return [order for order in self._orders.get((nm_id, day), ()) if order.placed_at <= until]


class Visits(NamedTuple):
    """How often a card was opened, put into a cart and put aside."""

    opens: int
    carts: int
    wishes: int


@dataclass(slots=True)
class Fates:
    """How many orders there were, and what became of them; sums in roubles with the seller's discount.

    A returned order is no purchase any more: it counts as cancelled.
    """

    orders: int = 0
    order_sum: int = 0
    buyouts: int = 0
    buyout_sum: int = 0
    cancels: int = 0
    cancel_sum: int = 0
    ready_seconds: float = 0.0
    """How long the purchases took, added up."""

    @property
    def average_price(self) -> int:
        """What an order came to, in roubles."""
        return round(self.order_sum / self.orders) if self.orders else 0

    @property
    def buyout_percent(self) -> int:
        """How many were bought of those that are not on their way any more."""
        return percent(self.buyouts, self.buyouts + self.cancels)


def day_of(seconds: float) -> int:
    """The Moscow day of a moment (simulated Unix seconds)."""
    return (int(seconds) + MOSCOW_SECONDS) // DAY_SECONDS


def midnight_of(day: int) -> int:
    """When a day begins, in Unix seconds."""
    return day * DAY_SECONDS - MOSCOW_SECONDS


def percent(part: int, whole: int) -> int:
    """A share in whole percent, 0 of nothing."""
    return round(100 * part / whole) if whole else 0


def fates(orders: Iterable[Order], until: float) -> Fates:
    """What had become of orders by a moment (simulated Unix seconds)."""
    total = Fates()
    for order in orders:
        roubles = order.money["priceWithDisc"]
        total.orders += 1
        total.order_sum += roubles
        last = next((status for status in reversed(order.statuses) if status.at <= until), None)
        if last is None or last.name == "created":
            continue
        if last.name == "buyout":
            total.buyouts += 1
            total.buyout_sum += roubles
            total.ready_seconds += last.at - order.placed_at
        else:
            total.cancels += 1
            total.cancel_sum += roubles
    return total


def product_head(product: Product) -> RowJson:
    """The card in both methods."""
    return {
        "nmId": product.nm_id,
        "title": product.title,
        "vendorCode": product.vendor_code,
        "brandName": product.brand,
        "subjectId": product.kind.subject_id,
        "subjectName": product.kind.subject,
    }


def date_of(day: int) -> str:
    """A day as WB writes it."""
    return moscow(midnight_of(day))[:10]
