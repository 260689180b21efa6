"""Stocks at WB's warehouses. Source: `POST /api/analytics/v1/stocks-report/wb-warehouses`, a full re-read each time.

A row that a complete re-read does not contain is gone: its quantity is 0 until WB lists it again.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.stocks import StocksUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Integer, Text

from ingestor.resources import offsets
from ingestor.resources.fields import Id, NmId, Units, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row, Start
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 250_000

TABLE = data_table(
    "stocks",
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chrt_id", BigInteger, primary_key=True, autoincrement=False),
    Column("warehouse_id", BigInteger, primary_key=True, autoincrement=False),
    Column("warehouse_name", Text),
    Column("region_name", Text),
    Column("quantity", Integer, nullable=False),
    Column("in_way_to_client", Integer),
    Column("in_way_from_client", Integer),
    Column("observed_at", DateTime(timezone=True), nullable=False),
)


class _WbStock(msgspec.Struct, rename="camel"):
    nm_id: NmId
    chrt_id: Id
    warehouse_id: Id
    quantity: Units
    warehouse_name: str | None = None
    region_name: str | None = None
    in_way_to_client: Units | None = None
    in_way_from_client: Units | None = None


class _WbItems(msgspec.Struct):
    # Required: an answer without it must not be taken for a shop without stock.
    items: list[msgspec.Raw] | None


class _WbAnswer(msgspec.Struct):
    data: _WbItems


_answer = msgspec.json.Decoder(_WbAnswer)
_stock = msgspec.json.Decoder(_WbStock)


def begin(cursor: Position | None, start: Start) -> Position:
    """A full re-read."""
    return offsets.begin(cursor, start, page_rows=MAX_PAGE_ROWS)


def ask(position: Position) -> dict[str, Any]:
    """The rows from an offset on."""
    return {"json": {"limit": position["limit"], "offset": position["offset"]}}


def read(body: bytes) -> Page:
    """Rows under `data.items`; 204 has no body and no rows."""
    return Page(_answer.decode(body).data.items or []) if body else Page([])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """Units of one size at one warehouse, as WB had them when it answered."""
    wb = _stock.decode(raw)
    return (
        wb.nm_id,
        wb.chrt_id,
        wb.warehouse_id,
        text_or_none(wb.warehouse_name),
        text_or_none(wb.region_name),
        wb.quantity,
        wb.in_way_to_client,
        wb.in_way_from_client,
        observed_at,
    )


RESOURCE = Resource(
    name="stocks",
    method=METHODS["wb-stocks"],
    table=TABLE,
    event=StocksUpdatedV1,
    rows="stocks",
    refresh=timedelta(minutes=5),
    paging="`offset`, 250,000 rows",
    overlap="everything",
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=offsets.advance,
    unhashed=frozenset({"observed_at"}),
    emptied={"quantity": 0, "in_way_to_client": 0, "in_way_from_client": 0},
)
