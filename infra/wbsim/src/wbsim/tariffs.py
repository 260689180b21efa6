"""WB's tariffs: commission by subject, and what delivery, storage and returns cost by warehouse.

Figures are a base times a warehouse's coefficients. A change is in force from the Moscow day of the change on; the days
before keep the old figures.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from wbsim.goods import KINDS
from wbsim.orders import RowJson
from wbsim.subjects import PARENTS, SUBJECTS, Locale
from wbsim.times import DAY_SECONDS, moscow, moscow_day

if TYPE_CHECKING:
    from wbsim.shop import Shop

CURRENCY = "RUB"
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
        first = {warehouse.name: _coefficients(rng) for warehouse in warehouses}
        changed = {warehouse.name: _coefficients(rng) for warehouse in (ABROAD[0], OWN[0])}
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


def commission_rows(shop: "Shop", locale: Locale = "ru") -> list[RowJson]:
    """`GET /api/v1/tariffs/commission` of a Russian seller: percents by subject."""
    return [
        {
            **dict(zip(RATE_FIELDS, shop.tariffs.rates[subject.id], strict=True)),
            "parentID": PARENTS[subject.parent].id,
            "parentName": PARENTS[subject.parent].names[locale],
            "subjectID": subject.id,
            "subjectName": subject.names[locale],
        }
        for subject in SUBJECTS
    ]


def box_rows(shop: "Shop", midnight: int) -> list[RowJson]:
    """The warehouses of `GET /api/v1/tariffs/box` on a day."""
    return _rows(shop, midnight, ABROAD + OWN, _box_row)


def pallet_rows(shop: "Shop", midnight: int) -> list[RowJson]:
    """The warehouses of `GET /api/v1/tariffs/pallet` on a day."""
    return _rows(shop, midnight, ABROAD, _pallet_row)


def return_rows(shop: "Shop", midnight: int) -> list[RowJson]:
    """The warehouses of `GET /api/v1/tariffs/return` on a day."""
    return _rows(shop, midnight, ABROAD + OWN + MERGED, _return_row)


def figure(value: float) -> str:
    """A number as these methods write it: decimal comma, thousands apart (`1 039`, `11,2`)."""
    whole, _, fraction = f"{value:,.2f}".partition(".")
    fraction = fraction.rstrip("0")
    return whole.replace(",", " ") + (f",{fraction}" if fraction else "")


def commission_truth(shop: "Shop", now: float) -> list[RowJson]:
    """The commission of every subject, named in Russian."""
    return commission_rows(shop)


def box_truth(shop: "Shop", now: float) -> list[RowJson]:
    """The warehouses of box tariffs, today."""
    return box_rows(shop, moscow_day(now))


def return_truth(shop: "Shop", now: float) -> list[RowJson]:
    """The warehouses of return tariffs, today."""
    return return_rows(shop, moscow_day(now))


def step_commission(shop: "Shop", rng: Random, at: float) -> None:
    """WB changes the commission on a subject that the shop sells."""
    subject = rng.choice(KINDS).subject_id
    old = shop.tariffs.rates[subject]
    by = rng.choice((-1.5, -0.5, 0.5, 1, 2))
    shop.tariffs.rates[subject] = tuple(max(0.5, rate + by) for rate in old)


def step_box(shop: "Shop", rng: Random, at: float) -> None:
    """WB changes what delivery and storage cost at a warehouse."""
    name = rng.choice(ABROAD + OWN).name
    new = _coefficients(rng)
    old = shop.tariffs.on(moscow_day(at))[name]
    shop.tariffs.change(name, replace(new, back=old.back), at)


def step_return(shop: "Shop", rng: Random, at: float) -> None:
    """WB changes what returns cost at a warehouse."""
    name = rng.choice(ABROAD + OWN + MERGED).name
    old = shop.tariffs.on(moscow_day(at))[name]
    shop.tariffs.change(name, replace(old, back=_coefficients(rng).back), at)


def _rows(
    shop: "Shop",
    midnight: int,
    listed: Iterable[Warehouse],
    row: Callable[[Warehouse, Coefficients], RowJson],
) -> list[RowJson]:
    period = shop.tariffs.on(midnight)
    shown = [*listed, *(() if shop.behaviour.hidden_warehouses else RUSSIAN)]
    return [row(warehouse, period[warehouse.name]) for warehouse in shown]


def _box_row(warehouse: Warehouse, percent: Coefficients) -> RowJson:
    return {
        "boxDeliveryBase": figure(0.46 * percent.delivery),
        "boxDeliveryCoefExpr": figure(percent.delivery),
        "boxDeliveryLiter": figure(0.14 * percent.delivery),
        "boxDeliveryMarketplaceBase": figure(0.46 * percent.marketplace),
        "boxDeliveryMarketplaceCoefExpr": figure(percent.marketplace),
        "boxDeliveryMarketplaceLiter": figure(0.14 * percent.marketplace),
        "boxStorageBase": figure(0.0012 * percent.storage),
        "boxStorageCoefExpr": figure(percent.storage),
        "boxStorageLiter": figure(0.0006 * percent.storage),
        "geoName": warehouse.place,
        "warehouseName": warehouse.name,
    }


def _pallet_row(warehouse: Warehouse, percent: Coefficients) -> RowJson:
    return {
        "palletDeliveryExpr": figure(percent.delivery),
        "palletDeliveryValueBase": figure(0.3 * percent.delivery),
        "palletDeliveryValueLiter": figure(0.07 * percent.delivery),
        "palletStorageExpr": figure(percent.storage),
        "palletStorageValueExpr": figure(0.23 * percent.storage),
        "warehouseName": warehouse.name,
    }


def _return_row(warehouse: Warehouse, percent: Coefficients) -> RowJson:
    return {
        "deliveryDumpKgtOfficeBase": figure(8.15 * percent.back),
        "deliveryDumpKgtOfficeLiter": figure(0.07 * percent.back),
        "deliveryDumpKgtReturnExpr": figure(8.25 * percent.back),
        "deliveryDumpSrgOfficeExpr": figure(1.33 * percent.back),
        "deliveryDumpSrgReturnExpr": figure(1.35 * percent.back),
        "deliveryDumpSupCourierBase": figure(1.8 * percent.back),
        "deliveryDumpSupCourierLiter": figure(0.07 * percent.back),
        "deliveryDumpSupOfficeBase": figure(1.02 * percent.back),
        "deliveryDumpSupOfficeLiter": figure(0.07 * percent.back),
        "deliveryDumpSupReturnExpr": figure(1.95 * percent.back),
        "warehouseName": warehouse.name,
    }


def _coefficients(rng: Random) -> Coefficients:
    return Coefficients(*(rng.randrange(80, 281) for _ in fields(Coefficients)))


def _rates(rng: Random) -> Rates:
    """Percents in the order of RATE_FIELDS."""
    stored = rng.randrange(20, 50) / 2
    return (stored, stored + 3.5, stored - 1, 3.0, stored - 0.5, stored - 0.5)


def _date(midnight: int) -> str:
    return moscow(midnight)[:10]
