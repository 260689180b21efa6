"""What bringing a piece to its buyer costs, and back if it is not bought; from plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

HUNDRED = Decimal(100)
ZERO = Decimal(0)
OWN_WAREHOUSE = "Свой склад РФ"
"""The row of the tariffs for boxes that stands for every warehouse of a seller's own in Russia."""
OWN_BULKY_WAREHOUSE = "Свой склад СГТ РФ"
"""Likewise for those of bulky goods."""


@dataclass(frozen=True)
class Ways:
    """What a piece costs one way. Unknown is null."""

    there: Decimal | None = None
    back: Decimal | None = None


NO_WAYS = Ways()


@dataclass(frozen=True)
class Origin:
    """A warehouse that pieces were sent from, and how many."""

    warehouse: str | None
    is_own: bool | None
    pieces: int


@dataclass(frozen=True)
class BoxTariff:
    """Delivery from one warehouse: the first litre, each further one, and the coefficient (%) that is in both."""

    base: Decimal
    liter: Decimal
    coefficient: Decimal | None = None

    def ways(self, litres: Decimal) -> tuple[Decimal, Decimal]:
        """There, and back: the way back has no coefficient of a warehouse."""
        there = self.base + max(ZERO, litres - 1) * self.liter
        return there, there * HUNDRED / self.coefficient if self.coefficient else there


@dataclass(frozen=True)
class Tariffs:
    """Tariffs for boxes in one currency, by the name of the warehouse, of WB's goods and of sellers' own."""

    wb: Mapping[str, BoxTariff] = field(default_factory=dict)
    own: Mapping[str, BoxTariff] = field(default_factory=dict)

    def of(self, origin: Origin) -> BoxTariff | None:
        """That of the warehouse; of a seller's own that has none, that of all such warehouses."""
        if origin.is_own is None:
            return None
        if origin.is_own:
            return self.own.get(origin.warehouse or "") or self.own.get(OWN_WAREHOUSE)
        return self.wb.get(origin.warehouse or "")

    def listed(self, origins: Iterable[Origin]) -> list[tuple[BoxTariff, int]]:
        """The tariffs of those warehouses that have one, with the pieces that came from there."""
        found = [(self.of(origin), origin.pieces) for origin in origins]
        return [(tariff, pieces) for tariff, pieces in found if tariff is not None and pieces > 0]


def litres(length: Decimal | None, width: Decimal | None, height: Decimal | None) -> Decimal | None:
    """Volume of a packed item of so many centimetres; a side of 0 is unknown."""
    return length * width * height / 1000 if length and width and height else None


def ways(tariffs: Tariffs, origins: Iterable[Origin], volume: Decimal | None, charged: Ways) -> Ways:
    """What each way costs.

    There: by the tariffs, each warehouse weighing as many pieces as came from it; without a tariff or a volume what
    finance has charged. Back: what finance has charged, else by the tariffs, else what the way there costs.
    """
    listed = tariffs.listed(origins)
    if listed and volume is not None:
        pieces = sum(count for _, count in listed)
        each = [(tariff.ways(volume), count) for tariff, count in listed]
        there = sum((one * count for (one, _), count in each), ZERO) / pieces
        back = sum((one * count for (_, one), count in each), ZERO) / pieces
        return Ways(there, back if charged.back is None else charged.back)
    return Ways(charged.there, charged.there if charged.back is None else charged.back)


def per_bought(ways_: Ways, bought_share: Decimal | None) -> Decimal | None:
    """Logistics of one bought piece, which bears the ways of those that are not bought.

    there / b + back · (1 − b) / b, with b the share (0 … 100 %) of orders that are bought; null where b is 0.
    """
    if ways_.there is None or ways_.back is None or not bought_share:
        return None
    return (ways_.there * HUNDRED + ways_.back * (HUNDRED - bought_share)) / bought_share
