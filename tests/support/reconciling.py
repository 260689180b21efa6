"""Rows that are reconciled, and what explains the difference between them."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from reporter.reconciliation import stale
from servicekit.db import Database

from support.reporting import NOON, TODAY, an_order
from support.rows import all_rows

Reconcile = Callable[..., Awaitable[int]]
DAY = 10
"""Days ago: settled."""


async def mark(database: Database, cabinet_id: UUID, *nm_ids: int, told: bool = True) -> None:
    async with database.transaction() as connection:
        await stale.mark(connection, cabinet_id, nm_ids, told=nm_ids if told else ())


def day(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def a_funnel(count: int, amount: int, *, days_ago: int = DAY, **fields: Any) -> dict[str, Any]:
    return {"nm_id": 1, "day": day(days_ago), "order_count": count, "order_sum": amount, **fields}


def a_sale(srid: str, *, days_ago: int = DAY, for_pay: int | None = 70, **fields: Any) -> dict[str, Any]:
    return {
        "sale_id": f"S{srid}",
        "srid": srid,
        "nm_id": 1,
        "day": day(days_ago),
        "for_pay": for_pay,
        "is_return": False,
        **fields,
    }


def a_line(
    srid: str | None, *, days_ago: int = DAY, for_pay: int = 70, ordered: int = 20, **fields: Any
) -> dict[str, Any]:
    return {
        "report_id": 1,
        "rrd_id": hash((srid, days_ago)) % 10**9,
        "report_to": day(1),
        "seller_oper_name": "Продажа",
        "srid": srid,
        "nm_id": 1,
        "quantity": 1,
        "for_pay": for_pay,
        "sold_at": NOON - timedelta(days=days_ago),
        "ordered_at": NOON - timedelta(days=ordered),
        "retail_price_with_disc": 100,
        **fields,
    }


async def found(database: Database, against: str = "funnel") -> dict[tuple[int, str], tuple[int, Any]]:
    """What explains what, by days ago and class."""
    return {
        ((TODAY - row["day"]).days, row["class"]): (row["pieces"], row["amount"])
        for row in await all_rows(database, "reconciliation")
        if row["against"] == against
    }


def by_feed(cabinet_id: UUID, srid: str, **fields: Any) -> Any:
    """An order that `supplier/orders` does not give."""
    return an_order(cabinet_id, srid, price=None, days_ago=DAY, status="created", seller_price=Decimal(90), **fields)
