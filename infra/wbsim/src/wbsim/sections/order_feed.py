"""The order feed: every order with the newest status it had at a moment, whether it is paid or not."""

from random import Random

from wbsim.goods import CITIES
from wbsim.orders import SELLER_WAREHOUSE, Order, RowJson, Status, is_b2b, serialise
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow_with_offset

SHOWN_DAYS = 31
"""Statuses that are older are not shown."""
WB_WAREHOUSE = "Склад WB"


def status_at(order: Order, moment: float) -> Status | None:
    """The newest status that was known at a moment (simulated Unix seconds), None before the order was."""
    return next((status for status in reversed(order.statuses) if status.known_at <= moment), None)


def statuses_between(shop: Shop, moment: float, start: float, end: float) -> list[tuple[Order, Status]]:
    """The orders whose status at the moment was taken between start and end, newest status first."""
    found = []
    for order in shop.orders.values():
        if order.statuses[-1].at < start:
            continue
        status = status_at(order, moment)
        # Compared as written, in whole seconds: a reader goes on from the times it has been given.
        if status is not None and start <= int(status.at) <= end:
            found.append((order, status))
    found.sort(key=lambda item: (-item[1].at, item[0].srid))
    return found


def row_body(shop: Shop, order: Order, status: Status) -> bytes:
    """The row of an order in a status, as JSON; it never changes."""
    if status.body is None:
        status.body = serialise(feed_row(shop, order, status))
    return status.body


def feed_row(shop: Shop, order: Order, status: Status) -> RowJson:
    """The row of an order in a status."""
    row = order.row
    from_seller = row["warehouseType"] == SELLER_WAREHOUSE
    office = shop.warehouses.of[order.warehouse_id].office if order.warehouse_id is not None else None
    return {
        "nmId": order.nm_id,
        "chrtId": order.chrt_id,
        "srid": order.srid,
        "createdAt": moscow_with_offset(order.placed_at),
        "updatedAt": moscow_with_offset(status.at),
        "status": status.name,
        **({"cancelType": status.cancel_type} if status.cancel_type else {}),
        "warehouseName": row["warehouseName"] if from_seller else WB_WAREHOUSE,
        "warehouseRegion": office.origin if office else "",
        "isMp": from_seller,
        "destinationCity": CITIES[row["regionName"]].name,
        "destinationDistrict": row["oblastOkrugName"].removesuffix(" федеральный округ"),
        "sellerPrice": order.seller_price,
        "isB2b": is_b2b(order.srid),
    }


def truth(shop: Shop, now: float) -> list[RowJson]:
    """The orders whose status is of the last 31 days."""
    newest = ((order, order.statuses[-1]) for order in shop.orders.values())
    return [
        feed_row(shop, order, status) for order, status in newest if int(status.at) >= now - SHOWN_DAYS * DAY_SECONDS
    ]


def step(shop: Shop, rng: Random, at: float) -> None:
    """An order gets another status: one of those that have rested longest, or a new one."""
    point = rng.random()
    if shop.bought and point < 0.15:
        shop.give_back(next(iter(shop.bought.values())), at)
    elif shop.open and point < 0.35:
        shop.cancel(next(iter(shop.open.values())), at)
    elif shop.open and point < 0.65:
        shop.buy_out(next(iter(shop.open.values())), at)
    else:
        shop.place(at)
