"""The sales funnel: how often each card was opened and put into carts on a day, and what became of that day's orders.

Visits derive from the shop's seed, the card and the day, and grow every two hours while the day lasts. Orders are the
shop's own; purchases, refusals and returns count on the Moscow day of the order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from wbsim.orders import Order, RowJson
from wbsim.times import DAY_SECONDS, MOSCOW_SECONDS, moscow

if TYPE_CHECKING:
    from wbsim.catalogue import Product
    from wbsim.shop import Shop

CURRENCY = "RUB"
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

    def orders(self, nm_id: int, day: int) -> list[Order]:
        """What was ordered of a card on a day."""
        return self._orders.get((nm_id, day), [])


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


def visits(shop: "Shop", nm_id: int, day: int, now: float) -> Visits:
    """How often a card was seen on a day, as known at a moment."""
    seen = min(1.0, (now - midnight_of(day)) // TICK_SECONDS * TICK_SECONDS / DAY_SECONDS)
    chance = crc32(f"{shop.funnel.seed} {nm_id} {day}".encode())
    ordered = len(shop.funnel.orders(nm_id, day))
    opens = int((20 + chance % 180) * seen)
    carts = opens * (4 + (chance >> 8) % 11) // 100
    wishes = opens * ((chance >> 16) % 6) // 100
    return Visits(opens + ordered * OPENS_PER_ORDER, carts + ordered * CARTS_PER_ORDER, wishes)


def fates(orders: Iterable[Order]) -> Fates:
    """What became of orders."""
    total = Fates()
    for order in orders:
        roubles = order.money["priceWithDisc"]
        total.orders += 1
        total.order_sum += roubles
        if order.state == "bought":
            total.buyouts += 1
            total.buyout_sum += roubles
            total.ready_seconds += order.changed_at - order.placed_at
        elif order.state != "open":
            total.cancels += 1
            total.cancel_sum += roubles
    return total


def product_head(product: "Product") -> RowJson:
    """The card in both methods."""
    return {
        "nmId": product.nm_id,
        "title": product.title,
        "vendorCode": product.vendor_code,
        "brandName": product.brand,
        "subjectId": product.kind.subject_id,
        "subjectName": product.kind.subject,
    }


def history_row(shop: "Shop", nm_id: int, days: range, now: float) -> RowJson:
    """One entry of `products/history`: a day, or several taken together, dated by the first."""
    seen = [visits(shop, nm_id, day, now) for day in days]
    opens, carts, wishes = (sum(numbers) for numbers in zip(*seen, strict=True))
    made = fates(order for day in days for order in shop.funnel.orders(nm_id, day))
    return {
        "date": date_of(days[0]),
        "openCount": opens,
        "cartCount": carts,
        "orderCount": made.orders,
        "orderSum": made.order_sum,
        "buyoutCount": made.buyouts,
        "buyoutSum": made.buyout_sum,
        "buyoutPercent": made.buyout_percent,
        "addToCartConversion": percent(carts, opens),
        "cartToOrderConversion": percent(made.orders, carts),
        "addToWishlistCount": wishes,
    }


def truth(shop: "Shop", now: float) -> list[RowJson]:
    """Each of the last seven days of every card that is not in the trash, with its `nmId` and `day`."""
    today = day_of(now)
    return [
        {"nmId": product.nm_id, "day": date_of(day)} | history_row(shop, product.nm_id, range(day, day + 1), now)
        for product in shop.listed()
        for day in range(today - HISTORY_DAYS + 1, today + 1)
    ]


def date_of(day: int) -> str:
    """A day as WB writes it."""
    return moscow(midnight_of(day))[:10]
