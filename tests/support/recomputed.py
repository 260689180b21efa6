"""Figures computed a second time, the plainest way, from Wildberries' own rows: item by item, day by day.

It shares nothing with the reporter but the formulas of docs/metrics.md.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

MOSCOW = timezone(timedelta(hours=3))
PERIODS = (7, 14, 30, 60, 90)
Rows = dict[str, list[dict[str, Any]]]

KEYS = {
    "orders": ("srid",),
    "campaign_stats": ("advertId", "date", "appType", "nmId"),
    "finance": ("rrdId",),
    "funnel": ("nmId", "day"),
}
"""What tells rows apart of which WB answers the newest days only."""


def rounded(value: Fraction | Decimal | int | None, places: str = "0.01") -> Decimal | None:
    """A number with so many places, halves away from zero."""
    if value is None:
        return None
    exact = Fraction(value)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(places), ROUND_HALF_UP)


def share(part: int, whole: int) -> Decimal | None:
    """Percent; of nothing, none."""
    return rounded(Fraction(100 * part, whole)) if whole else None


def money(value: Any) -> Decimal | None:
    """An amount of WB's; 0 is one that it does not know yet."""
    return Decimal(str(value)) if value else None


def moment(text: str) -> datetime:
    """A time of WB's statistics, which is Moscow's."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@dataclass
class Ordered:
    """One unit of one item that somebody ordered, with what became of it."""

    srid: str
    nm_id: int
    chrt_id: int | None
    at: datetime
    price: Decimal | None
    is_cancel: bool
    sales: list["Sold"] = field(default_factory=list)

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def state(self) -> str:
        if any(sale.is_return for sale in self.sales):
            return "returned"
        if self.sales:
            return "bought"
        return "cancelled" if self.is_cancel else "open"


@dataclass
class Sold:
    """A purchase, or a return of one."""

    sale_id: str
    srid: str
    nm_id: int
    chrt_id: int | None
    at: datetime
    price: Decimal | None
    for_pay: Decimal | None

    @property
    def day(self) -> date:
        return self.at.date()

    @property
    def is_return(self) -> bool:
        return self.sale_id.startswith("R")


@dataclass
class Books:
    """All that WB ever said of the shop, as it said it last; and its stock at every look."""

    orders: dict[str, Ordered] = field(default_factory=dict)
    sales: dict[str, Sold] = field(default_factory=dict)
    stock: list[tuple[datetime, dict[tuple[str, int, int], int]]] = field(default_factory=list)
    """At each look, pieces by source (wb, own), item and size."""
    newest: dict[str, dict[Any, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    """Of what WB answers the newest days of: every row as it was last, by its key."""
    last: Rows = field(default_factory=dict)
    """What the last look saw."""

    def read(self, at: datetime, truth: Rows) -> None:
        """Enter what a look saw."""
        sizes = {sku: size["chrtID"] for card in truth["products"] for size in card["sizes"] for sku in size["skus"]}
        for row in truth["orders"]:
            price = money(row["priceWithDisc"])
            chrt_id = sizes.get(row["barcode"])
            self.orders[row["srid"]] = Ordered(
                row["srid"], row["nmId"], chrt_id, moment(row["date"]), price, row["isCancel"]
            )
        for row in truth["sales"]:
            sums = money(row["priceWithDisc"]), money(row["forPay"])
            self.sales[row["saleID"]] = Sold(
                row["saleID"], row["srid"], row["nmId"], sizes.get(row["barcode"]), moment(row["date"]), *sums
            )
        pieces: dict[tuple[str, int, int], int] = defaultdict(int)
        for source, name in (("wb", "stocks"), ("own", "seller_stocks")):
            for row in truth[name]:
                pieces[source, row["nmId"], row["chrtId"]] += row["quantity"]
        self.stock.append((at.astimezone(MOSCOW), dict(pieces)))
        for name, keys in KEYS.items():
            self.newest[name] |= {tuple(row[key] for key in keys): row for row in truth.get(name, ())}
        self.last |= truth

    def close(self) -> None:
        """Every sale to its order."""
        for order in self.orders.values():
            order.sales = []
        for sale in self.sales.values():
            if sale.srid in self.orders:
                self.orders[sale.srid].sales.append(sale)

    @property
    def items(self) -> list[int]:
        """Every item that was ever in a list."""
        return sorted(
            {order.nm_id for order in self.orders.values()} | {card["nmID"] for card in self.last["products"]}
        )


Total = dict[str, Any]


def totals(books: Books, nm_id: int, first: date, last: date) -> Total:
    """Sums of an item (0: of the cabinet) over days, both included, each by its own day."""

    def summed(amounts: Iterable[Decimal | None]) -> Decimal:
        return sum((amount for amount in amounts if amount is not None), Decimal(0))

    orders = [o for o in books.orders.values() if nm_id in (0, o.nm_id) and first <= o.day <= last]
    sales = [s for s in books.sales.values() if nm_id in (0, s.nm_id) and first <= s.day <= last]
    bought, returned = [s for s in sales if not s.is_return], [s for s in sales if s.is_return]
    cancelled = [o for o in orders if o.is_cancel]
    return {
        "orders": len(orders),
        "orders_sum": summed(o.price for o in orders),
        "cancelled": len(cancelled),
        "cancelled_sum": summed(o.price for o in cancelled),
        "bought": sum(o.state == "bought" for o in orders),
        "returned": sum(o.state == "returned" for o in orders),
        "open": sum(o.state == "open" for o in orders),
        "sales": len(bought),
        "sales_sum": summed(s.price for s in bought),
        "for_pay": summed(s.for_pay for s in bought),
        "returns": len(returned),
        "returns_sum": -summed(s.price for s in returned),
        "returns_for_pay": -summed(s.for_pay for s in returned),
    }


def buyout(books: Books, nm_id: int, today: date) -> dict[str, Any] | None:
    """Section `buyout` of one item."""
    purchases = sorted(
        (s for s in books.sales.values() if s.nm_id == nm_id and not s.is_return and s.day <= today),
        key=lambda sale: (sale.day, sale.sale_id),
    )
    waits = sorted((s.day - books.orders[s.srid].day).days for s in purchases[-100:] if s.srid in books.orders)
    mature_after = 14 if len(waits) < 20 else waits[ceil(len(waits) * 95 / 100) - 1]
    periods = []
    for days in PERIODS:
        orders = _within(books, nm_id, today, days)
        states = [order.state for order in orders]
        mature = sum(o.state != "open" or (today - o.day).days > mature_after for o in orders)
        bought = states.count("bought")
        periods.append(
            {
                "period_days": days,
                "ordered": len(orders),
                "bought": bought,
                "returned": states.count("returned"),
                "cancelled": states.count("cancelled"),
                "open": states.count("open"),
                "share": share(bought, len(orders)),
                "open_share": share(states.count("open"), len(orders)),
                "mature_ordered": mature,
                "mature_bought": bought,
                "mature_share": share(bought, mature),
            }
        )
    if not periods[-1]["ordered"]:
        return None
    return {"mature_after_days": mature_after, "periods": periods}


def _within(books: Books, nm_id: int, today: date, days: int) -> list[Ordered]:
    first = today - timedelta(days - 1)
    return [o for o in books.orders.values() if o.nm_id == nm_id and first <= o.day <= today]


def abc(amounts: dict[int, Decimal]) -> dict[int, str]:
    """Letters by amount: the item that crosses 80 % is A, the one that crosses 95 % is B."""
    earned, letters = Decimal(0), {}
    whole = sum((amount for amount in amounts.values() if amount > 0), Decimal(0))
    for nm_id in sorted(amounts, key=lambda item: (-amounts[item], item)):
        before = earned / whole if whole else Decimal(1)
        letters[nm_id] = (
            "C" if amounts[nm_id] <= 0 else "A" if before < Decimal("0.8") else "B" if before < Decimal("0.95") else "C"
        )
        earned += max(amounts[nm_id], Decimal(0))
    return letters
