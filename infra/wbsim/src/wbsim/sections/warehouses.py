"""A shop's own warehouses, WB's offices and what is in stock, and how each changes."""

from random import Random

from wbsim.orders import RowJson
from wbsim.shop import Shop
from wbsim.warehouses import OFFICES, WAREHOUSE_NAMES, office_row, stock_rows, warehouse_row


def truth(shop: Shop, now: float) -> list[RowJson]:
    """Every warehouse of the seller's."""
    return [warehouse_row(warehouse) for warehouse in shop.warehouses.of.values()]


def offices_truth(shop: Shop, now: float) -> list[RowJson]:
    """Every office of WB's, and whether one of the seller's warehouses hands over there."""
    selected = {warehouse.office.id for warehouse in shop.warehouses.of.values()}
    return [office_row(office, selected=office.id in selected) for office in OFFICES]


def stocks_truth(shop: Shop, now: float) -> list[RowJson]:
    """What lies in the seller's warehouses."""
    return stock_rows(shop.warehouses)


def step(shop: Shop, rng: Random, at: float) -> None:
    """A warehouse is opened or gets another name, or its data are being updated, or no longer."""
    taken = {warehouse.office.id for warehouse in shop.warehouses.of.values()}
    free = [office for office in OFFICES if office.id not in taken]
    point, warehouse = rng.random(), rng.choice(list(shop.warehouses.of.values()))
    if free and point < 0.2:
        shop.warehouses.open(rng, rng.choice(free))
    elif point < 0.6:
        warehouse.is_processing = not warehouse.is_processing
    else:
        warehouse.name = f"{rng.choice(WAREHOUSE_NAMES)} {rng.randrange(2, 1_000)}, {warehouse.office.city}"


def stock_step(shop: Shop, rng: Random, at: float) -> None:
    """The seller counts one size in one warehouse anew."""
    warehouse = rng.choice([one for one in shop.warehouses.of.values() if one.stock])
    chrt_id = rng.choice(list(warehouse.stock))
    warehouse.stock[chrt_id] = rng.choice([units for units in range(80) if units != warehouse.stock[chrt_id]])
