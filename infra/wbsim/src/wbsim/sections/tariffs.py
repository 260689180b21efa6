"""Tariffs that a shop sees: the rows of a day, and how WB changes one."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

from wbsim.goods import KINDS
from wbsim.orders import RowJson
from wbsim.shop import Shop
from wbsim.subjects import PARENTS, SUBJECTS, Locale
from wbsim.tariffs import ABROAD, MERGED, OWN, RATE_FIELDS, RUSSIAN, Coefficients, Warehouse, draw_coefficients, figure
from wbsim.times import moscow_day


def commission_rows(shop: Shop, locale: Locale = "ru") -> list[RowJson]:
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


def box_rows(shop: Shop, midnight: int) -> list[RowJson]:
    """The warehouses of `GET /api/v1/tariffs/box` on a day."""
    return _rows(shop, midnight, ABROAD + OWN, _box_row)


def pallet_rows(shop: Shop, midnight: int) -> list[RowJson]:
    """The warehouses of `GET /api/v1/tariffs/pallet` on a day."""
    return _rows(shop, midnight, ABROAD, _pallet_row)


def return_rows(shop: Shop, midnight: int) -> list[RowJson]:
    """The warehouses of `GET /api/v1/tariffs/return` on a day."""
    return _rows(shop, midnight, ABROAD + OWN + MERGED, _return_row)


def commission_truth(shop: Shop, now: float) -> list[RowJson]:
    """The commission of every subject, named in Russian."""
    return commission_rows(shop)


def box_truth(shop: Shop, now: float) -> list[RowJson]:
    """The warehouses of box tariffs, today."""
    return box_rows(shop, moscow_day(now))


def return_truth(shop: Shop, now: float) -> list[RowJson]:
    """The warehouses of return tariffs, today."""
    return return_rows(shop, moscow_day(now))


def step_commission(shop: Shop, rng: Random, at: float) -> None:
    """WB changes the commission on a subject that the shop sells."""
    subject = rng.choice(KINDS).subject_id
    old = shop.tariffs.rates[subject]
    by = rng.choice((-1.5, -0.5, 0.5, 1, 2))
    shop.tariffs.rates[subject] = tuple(max(0.5, rate + by) for rate in old)


def step_box(shop: Shop, rng: Random, at: float) -> None:
    """WB changes what delivery and storage cost at a warehouse."""
    name = rng.choice(ABROAD + OWN).name
    new = draw_coefficients(rng)
    old = shop.tariffs.on(moscow_day(at))[name]
    shop.tariffs.change(name, replace(new, back=old.back), at)


def step_return(shop: Shop, rng: Random, at: float) -> None:
    """WB changes what returns cost at a warehouse."""
    name = rng.choice(ABROAD + OWN + MERGED).name
    old = shop.tariffs.on(moscow_day(at))[name]
    shop.tariffs.change(name, replace(old, back=draw_coefficients(rng).back), at)


def _rows(
    shop: Shop,
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
