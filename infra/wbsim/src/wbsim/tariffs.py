"""WB's tariffs: commission by subject, and what delivery, storage and returns cost by warehouse.

Figures are a base times a warehouse's coefficients. A change is in force from the Moscow day of the change on; the days
before keep the old figures.
"""

from bisect import bisect_right
from dataclasses import dataclass, fields
from random import Random
from typing import NamedTuple

from wbsim.subjects import SUBJECTS
from wbsim.times import DAY_SECONDS, moscow, moscow_day

IN_FORCE_DAYS = 60
"""How long the newest tariff is announced for."""


class Warehouse(NamedTuple):
    """A row of the lists: the name, and where it is."""

    name: str
    place: str


ABROAD = (
    Warehouse("Минск", "Беларусь"),
    Warehouse("СЦ Брест", "Беларусь"),
    Warehouse("Атакент", "Казахстан"),
    Warehouse("Астана Карагандинское шоссе", "Казахстан"),
    Warehouse("Ташкент 2", "Узбекистан"),
    Warehouse("СЦ Ереван", "Армения"),
    Warehouse("СЦ Бишкек", "Кыргызстан"),
)
OWN = (Warehouse("Свой склад РФ", "Россия"), Warehouse("Свой склад СГТ РФ", "Россия"))
MERGED = (Warehouse("Склад WB РФ", "Россия"), Warehouse("Склад WB СГТ РФ", "Россия"))
"""What stands for all of WB's warehouses in Russia since 2026-08-15."""
RUSSIAN = (
    Warehouse("Коледино", "Центральный федеральный округ"),
    Warehouse("Электросталь", "Центральный федеральный округ"),
    Warehouse("Тула", "Центральный федеральный округ"),
    Warehouse("Казань", "Приволжский федеральный округ"),
    Warehouse("Краснодар", "Южный федеральный округ"),
    Warehouse("Екатеринбург - Испытателей 14г", "Уральский федеральный округ"),
    Warehouse("Новосибирск", "Сибирский федеральный округ"),
)


@dataclass(frozen=True, slots=True)
class Coefficients:
    """A warehouse's coefficients, in percent: delivery, delivery of the seller's own goods, storage, returns."""

    delivery: int
    marketplace: int
    storage: int
    back: int


Period = dict[str, Coefficients]
Rates = tuple[float, ...]
RATE_FIELDS = (
    "paidStorageKgvp",
    "kgvpMarketplace",
    "kgvpSupplier",
    "kgvpSupplierExpress",
    "kgvpPickup",
    "kgvpBooking",
)


class Tariffs:
    """The tariffs that a seller sees."""

    def __init__(self, seed: int, now: float) -> None:
        rng = Random(f"{seed} tariffs")
        warehouses = ABROAD + OWN + MERGED + RUSSIAN
        self.rates: dict[int, Rates] = {subject.id: _rates(rng) for subject in SUBJECTS}
        self._starts = [moscow_day(now) - 45 * DAY_SECONDS, moscow_day(now) - 10 * DAY_SECONDS]
        first = {warehouse.name: draw_coefficients(rng) for warehouse in warehouses}
        changed = {warehouse.name: draw_coefficients(rng) for warehouse in (ABROAD[0], OWN[0])}
        self._periods: list[Period] = [first, first | changed]

    def on(self, midnight: int) -> Period:
        """The coefficients in force on a day, the oldest known ones for the days before."""
        return self._periods[max(0, bisect_right(self._starts, midnight) - 1)]

    def dates(self, midnight: int) -> tuple[str, str]:
        """When the tariff after that of a day begins, empty where none is announced, and when the last one ends."""
        later = self._starts[bisect_right(self._starts, midnight) :]
        return _date(later[0]) if later else "", _date(self._starts[-1] + IN_FORCE_DAYS * DAY_SECONDS)

    def change(self, name: str, coefficients: Coefficients, at: float) -> None:
        """A warehouse has other coefficients from the day on."""
        today = moscow_day(at)
        changed = self._periods[-1] | {name: coefficients}
        if today > self._starts[-1]:
            self._starts.append(today)
            self._periods.append(changed)
        else:
            self._periods[-1] = changed


def figure(value: float) -> str:
    """A number as these methods write it: decimal comma, thousands apart (`1 039`, `11,2`)."""
    whole, _, fraction = f"{value:,.2f}".partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", " ") + (f",{fraction}" if fraction else "")


def draw_coefficients(rng: Random) -> Coefficients:
    return Coefficients(*(rng.randrange(80, 281) for _ in fields(Coefficients)))


def _rates(rng: Random) -> Rates:
    """Percents in the order of RATE_FIELDS."""
    stored = rng.randrange(20, 50) / 2
    return (stored, stored + 3.5, stored - 1, 3.0, stored - 0.5, stored - 0.5)


def _date(midnight: int) -> str:
    return moscow(midnight)[:10]
