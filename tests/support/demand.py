"""What is ordered, bought and in stock, put into the reporter's tables as facts and counted by day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from contracts.model import MOSCOW
from contracts.orders import ChangedOrder, order_id
from reporter.facts.newer_rows import store
from reporter.figures.stale import Cell
from reporter.figures.totals import count_days, count_items
from reporter.handlers.facts_updated import KEPT
from reporter.tables import sales
from servicekit.db import Database

from support.facts import put, put_orders
from support.reporting import NOON, TODAY, a_stock, an_order, stocks_updated


def ago(day: date) -> int:
    """How many days before `TODAY`."""
    return (TODAY - day).days


def a_sale(cabinet_id: UUID, srid: str = "a", *, days_ago: int = 0, **fields: Any) -> dict[str, Any]:
    """A purchase of product 1 for 100 roubles at noon `days_ago`, of the order `srid`; a return if it says so."""
    values = {
        "sale_id": f"{'R' if fields.get('is_return') else 'S'}{srid}",
        "srid": srid,
        "order_id": order_id(cabinet_id, srid),
        "sold_at": NOON - timedelta(days=days_ago),
        "day": TODAY - timedelta(days=days_ago),
        "nm_id": 1,
        "price_with_disc": 100,
    }
    return {**values, **fields}


async def sell(database: Database, cabinet_id: UUID, *, orders: list[ChangedOrder], sold: list[dict[str, Any]]) -> None:
    """Store orders and sales, and count their days."""
    await put_orders(database, cabinet_id, *orders)
    await put(database, sales, cabinet_id, *sold)
    days = {Cell(order.nm_id, order.ordered_at.astimezone(MOSCOW).date()) for order in orders}
    days |= {Cell(sale["nm_id"], sale["day"]) for sale in sold}
    async with database.transaction() as connection:
        await count_items(connection, cabinet_id, sorted(days))
        await count_days(connection, cabinet_id, {cell.day for cell in days})


async def see_stock(database: Database, cabinet_id: UUID, *seen: tuple[int, int], **fields: Any) -> None:
    """Store what was left of product 1, size 10, at noon of days: pairs of days ago and quantity, in any order."""
    revisions = {days_ago: n for n, (days_ago, _) in enumerate(sorted(seen, reverse=True), start=1)}
    for days_ago, quantity in seen:
        row = a_stock(quantity, revision=revisions[days_ago], observed_at=NOON - timedelta(days=days_ago), **fields)
        event = stocks_updated(cabinet_id, row)
        async with database.transaction() as connection:
            await store(connection, KEPT[type(event.data)], event)


def orders_of(cabinet_id: UUID, days_ago: int, count: int, name: str = "o", **fields: Any) -> list[ChangedOrder]:
    """So many orders of one day."""
    return [an_order(cabinet_id, f"{name} {days_ago} {n}", days_ago=days_ago, **fields) for n in range(count)]
