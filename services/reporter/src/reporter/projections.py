"""Cards and stocks as last reported, kept so that an order can be shown with them."""

import json

from contracts.envelope import Event
from contracts.products import ChangedProduct, ProductsUpdatedV1
from contracts.stocks import ChangedStock, StocksUpdatedV1
from sqlalchemy import Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.tables import products, stocks


def _newer_rows(table: Table) -> TextClause:
    """Store rows given as JSON where their revision is newer, in one statement."""
    key = [column.name for column in table.primary_key]
    values = [column.name for column in table.columns if not column.primary_key]
    # One statement cannot touch a row twice, so of two revisions in one batch only the newer is stored.
    return text(f"""
        INSERT INTO {table.name}
        SELECT DISTINCT ON ({", ".join(key)}) *
        FROM jsonb_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS jsonb))
        ORDER BY {", ".join(key)}, revision DESC
        ON CONFLICT ({", ".join(key)}) DO UPDATE
        SET {", ".join(f"{name} = excluded.{name}" for name in values)}
        WHERE {table.name}.revision < excluded.revision
    """)


_STORE_PRODUCTS = _newer_rows(products)
_STORE_STOCKS = _newer_rows(stocks)


async def store_products(connection: AsyncConnection, event: Event[ProductsUpdatedV1]) -> None:
    """Store the cards that are newer than those known."""
    await _store(connection, _STORE_PRODUCTS, event, event.data.products)


async def store_stocks(connection: AsyncConnection, event: Event[StocksUpdatedV1]) -> None:
    """Store the stocks that are newer than those known; what is gone stays, with nothing left of it."""
    rows = [s.model_copy(update={"quantity": 0}) if s.change == "gone" else s for s in event.data.stocks]
    await _store(connection, _STORE_STOCKS, event, rows)


async def _store(
    connection: AsyncConnection,
    statement: TextClause,
    event: Event[ProductsUpdatedV1] | Event[StocksUpdatedV1],
    rows: "tuple[ChangedProduct, ...] | list[ChangedStock]",
) -> None:
    cabinet = {"cabinet_id": str(event.cabinetid)}
    await connection.execute(
        statement, {"rows": json.dumps([{**row.model_dump(mode="json"), **cabinet} for row in rows])}
    )
