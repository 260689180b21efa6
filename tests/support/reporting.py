"""Events as the ingestor would send them to the reporter, and the reporter's tables as text."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event, EventData, Origin
from contracts.orders import ChangedOrder, OrdersUpdatedV1, order_id
from contracts.products import ChangedProduct, ProductsUpdatedV1
from contracts.sales import ChangedSale, SalesUpdatedV1
from contracts.stocks import ChangedStock, StocksUpdatedV1
from servicekit.db import Database
from servicekit.events import new_event
from sqlalchemy import text

TODAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""Noon of `TODAY` in Moscow."""


def an_order(
    cabinet_id: UUID, srid: str = "a", *, price: str | None = "100", days_ago: int = 0, **fields: Any
) -> ChangedOrder:
    """An order of product 1, at noon `days_ago`, for `price` roubles."""
    ordered_at = fields.pop("ordered_at", NOON - timedelta(days=days_ago))
    values = {
        "order_id": order_id(cabinet_id, srid),
        "revision": 1,
        "srid": srid,
        "ordered_at": ordered_at,
        "last_change_at": ordered_at,
        "nm_id": 1,
        "price_with_disc": None if price is None else Decimal(price),
        "change": "new",
        **fields,
    }
    return ChangedOrder.model_validate(values)


def orders_updated(cabinet_id: UUID, *orders: ChangedOrder, origin: Origin = Origin.LIVE) -> Event[OrdersUpdatedV1]:
    return _from_ingestor(OrdersUpdatedV1(orders=orders), cabinet_id, origin)


def a_sale(sale_id: str = "S1", *, srid: str | None = "a", **fields: Any) -> ChangedSale:
    """A purchase of product 1 at noon, for 100 roubles of which 75 are paid; `R…` is a return of it."""
    sign = -1 if sale_id.startswith("R") else 1
    values = {
        "sale_id": sale_id,
        "srid": srid,
        "is_return": sale_id.startswith("R"),
        "sold_at": NOON,
        "last_change_at": NOON,
        "nm_id": 1,
        "price_with_disc": Decimal(100) * sign,
        "for_pay": Decimal(75) * sign,
        "revision": 1,
        "change": "new",
    }
    return ChangedSale.model_validate({**values, **fields})


def sales_updated(cabinet_id: UUID, *sales: ChangedSale, origin: Origin = Origin.LIVE) -> Event[SalesUpdatedV1]:
    return _from_ingestor(SalesUpdatedV1(sales=sales), cabinet_id, origin)


def products_updated(cabinet_id: UUID, nm_id: int = 1, **fields: Any) -> Event[ProductsUpdatedV1]:
    values = {"nm_id": nm_id, "revision": 1, "updated_at": NOON, "change": "new", **fields}
    return _from_ingestor(ProductsUpdatedV1(products=(ChangedProduct.model_validate(values),)), cabinet_id)


def a_stock(quantity: int, **fields: Any) -> ChangedStock:
    """Units of product 1, size 10, at warehouse 100."""
    values = {"nm_id": 1, "chrt_id": 10, "warehouse_id": 100, "revision": 1, "observed_at": NOON, "change": "new"}
    return ChangedStock.model_validate({**values, "quantity": quantity, **fields})


def stocks_updated(cabinet_id: UUID, *stocks: ChangedStock) -> Event[StocksUpdatedV1]:
    return _from_ingestor(StocksUpdatedV1(stocks=stocks), cabinet_id)


def cabinet_disconnected(cabinet_id: UUID) -> Event[CabinetDisconnectedV1]:
    return new_event(CabinetDisconnectedV1(requested_by=1), cabinet_id=cabinet_id)


def _from_ingestor(data: EventData, cabinet_id: UUID, origin: Origin = Origin.LIVE) -> Event[Any]:
    return new_event(data, cabinet_id=cabinet_id, origin=origin)


async def dump(database: Database, *tables: str) -> str:
    """The tables as PostgreSQL writes them, to be compared byte for byte."""
    lines = []
    async with database.transaction() as connection:
        for table in tables:
            found = await connection.execute(text(f"SELECT CAST(t AS text) FROM {table} AS t ORDER BY 1"))
            lines += [f"{table}: {line}" for line in found.scalars()]
    return "\n".join(lines)
