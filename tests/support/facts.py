"""Rows put straight into the reporter's tables, as if their events had come."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from contracts.currency import ROUBLE
from contracts.model import MOSCOW
from contracts.orders import ChangedOrder
from reporter.tables import order_facts
from servicekit.db import Database

from support.reporting import NOON, TODAY

_SOMETHING: dict[type, Any] = {
    int: 1,
    str: "",
    bool: False,
    dict: [],
    Decimal: Decimal(0),
    date: TODAY,
    datetime: NOON,
}
"""What a column has that a test says nothing of and that may not be empty."""


async def put(database: Database, table: sa.Table, cabinet_id: UUID, *rows: dict[str, Any]) -> None:
    """Store rows of which only what a test is about is told."""
    needed = {
        column.name: cabinet_id if column.name == "cabinet_id" else _SOMETHING.get(column.type.python_type)
        for column in table.columns
        if not column.nullable and column.server_default is None
    }
    async with database.transaction() as connection:
        for row in rows:
            await connection.execute(table.insert().values(**{**needed, **row}))


async def put_orders(database: Database, cabinet_id: UUID, *orders: ChangedOrder) -> None:
    """Store orders; where a currency is not said it is the rouble."""
    rows = [
        {
            **order.model_dump(exclude={"completes", "change", "previous"}),
            "currency": order.currency or ROUBLE,
            "day": order.ordered_at.astimezone(MOSCOW).date(),
        }
        for order in orders
    ]
    await put(database, order_facts, cabinet_id, *rows)
