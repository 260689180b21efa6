"""Why the sum of orders changed: a decomposition whose parts add up to the whole, to the last digit.

The formula, with an example, is in docs/metrics.md. Items are taken one by one; what an item comes to in a cause is
rounded, and the last cause of an item takes what rounding left.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contracts.digests import MAX_NAMED, Cause

from reporter.figures.exact import rounded

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Ordered:
    """What was ordered of an item in a period."""

    orders: int = 0
    orders_sum: Decimal = Decimal(0)
    from_adverts: int = 0
    """Orders that WB attributes to adverts."""
    days_in_stock: int | None = None
    """None: unknown."""


@dataclass(frozen=True)
class Effect:
    """What a cause did to orders and to their sum."""

    orders: Decimal = Decimal(0)
    orders_sum: Decimal = Decimal(0)

    def __add__(self, other: "Effect") -> "Effect":
        return Effect(self.orders + other.orders, self.orders_sum + other.orders_sum)

    def __sub__(self, other: "Effect") -> "Effect":
        return Effect(self.orders - other.orders, self.orders_sum - other.orders_sum)


@dataclass(frozen=True)
class Part:
    """A cause with its whole effect, and the items in which it did most."""

    cause: Cause
    effect: Effect
    items: tuple[tuple[int, Decimal], ...]
    """nm_id and the change of the sum of orders, the largest first."""


@dataclass(frozen=True)
class ItemChange:
    """An item in both periods."""

    nm_id: int
    before: Ordered
    now: Ordered


def effects(change: ItemChange, days_before: int, days_now: int) -> dict[Cause, Effect]:
    """What each cause did to one item; together, exactly what changed."""
    before, now = change.before, change.now
    whole = Effect(Decimal(now.orders - before.orders), now.orders_sum - before.orders_sum)
    if not before.orders:
        return {"stock" if before.days_in_stock == 0 else "new": whole}
    price = Fraction(before.orders_sum) / before.orders

    def worth(orders: Fraction) -> Effect:
        return Effect(_cents(orders), _cents(orders * price))

    by_calendar = Fraction(days_now, days_before)
    by_stock = by_calendar
    if now.days_in_stock is not None and before.days_in_stock:
        by_stock = Fraction(now.days_in_stock, before.days_in_stock)
    found: dict[Cause, Effect] = {
        "calendar": worth(before.orders * (by_calendar - 1)),
        "stock": worth(before.orders * (by_stock - by_calendar)),
    }
    if now.orders:
        adverts_before, adverts_now = (min(each.from_adverts, each.orders) for each in (before, now))
        found["adverts"] = worth(adverts_now - adverts_before * by_stock)
    by_orders = worth(Fraction(now.orders - before.orders))
    found["demand" if now.orders else "gone"] = by_orders - sum(found.values(), Effect())
    found["price"] = whole - by_orders
    return found


def decompose(changes: Iterable[ItemChange], days_before: int, days_now: int) -> list[Part]:
    """The causes that did something, those with the largest part of the sum first."""
    totals: dict[Cause, Effect] = defaultdict(Effect)
    items: dict[Cause, list[tuple[int, Decimal]]] = defaultdict(list)
    for change in changes:
        for cause, effect in effects(change, days_before, days_now).items():
            totals[cause] += effect
            if effect.orders_sum:
                items[cause].append((change.nm_id, effect.orders_sum))
    parts = [Part(cause, effect, _largest(items[cause])) for cause, effect in totals.items() if effect != Effect()]
    return sorted(parts, key=lambda part: (-abs(part.effect.orders_sum), -abs(part.effect.orders), part.cause))


def total(parts: Iterable[Part]) -> Effect:
    """All parts together."""
    return sum((part.effect for part in parts), Effect())


def _largest(items: Iterable[tuple[int, Decimal]]) -> tuple[tuple[int, Decimal], ...]:
    return tuple(sorted(items, key=lambda item: (-abs(item[1]), item[0]))[:MAX_NAMED])


def _cents(exact: Fraction) -> Decimal:
    return rounded(Decimal(exact.numerator) / exact.denominator, _CENT)
