"""Stocks at WB's warehouses. Source: `POST /api/analytics/v1/stocks-report/wb-warehouses`, a full re-read each time.

A row that a complete re-read does not contain is gone: its quantity is 0 until WB lists it again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from contracts.stocks import ChangedStock, StocksUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Integer, Text

from ingestor.resources.resource import (
    INT64,
    Change,
    Page,
    Position,
    Resource,
    Row,
    Seen,
    Start,
    Step,
    after_first_load,
    text_or_none,
)
from ingestor.resources.table import data_columns, data_table
from ingestor.wb import methods

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
_NAMES = tuple(column.name for column in data_columns(TABLE))

_Units = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
_Id = Annotated[int, msgspec.Meta(ge=-INT64, le=INT64)]


class _WbStock(msgspec.Struct, rename="camel"):
    nm_id: Annotated[int, msgspec.Meta(ge=1, le=INT64)]
    chrt_id: _Id
    warehouse_id: _Id
    quantity: _Units
    warehouse_name: str | None = None
    region_name: str | None = None
    in_way_to_client: _Units | None = None
    in_way_from_client: _Units | None = None


class _WbItems(msgspec.Struct):
    # Required: an answer without it must not be taken for a shop without stock.
    items: list[msgspec.Raw] | None


class _WbAnswer(msgspec.Struct):
    data: _WbItems


_answer = msgspec.json.Decoder(_WbAnswer)
_stock = msgspec.json.Decoder(_WbStock)


def begin(cursor: Position | None, start: Start) -> Position:
    """From the first row, or from where an interrupted re-read stopped."""
    return cursor or {"offset": 0, "limit": min(MAX_PAGE_ROWS, start.page_rows), "complete": True}


def ask(position: Position) -> dict[str, Any]:
    """The rows from an offset on."""
    return {"json": {"limit": position["limit"], "offset": position["offset"]}}


def read(body: bytes) -> Page:
    """Rows under `data.items`; 204 has no body and no rows."""
    return Page(_answer.decode(body).data.items or []) if body else Page([])


def parse(raw: msgspec.Raw, cabinet_id: UUID, observed_at: datetime) -> Row:
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


def advance(position: Position, seen: Seen) -> Step:
    """On by a page until one is not full; a re-read with an unreadable row cannot tell what is gone."""
    complete = position["complete"] and not seen.broken
    if seen.size < position["limit"]:
        return Step({}, done=True, whole=complete)
    return Step({**position, "offset": position["offset"] + seen.size, "complete": complete}, done=False)


def event(changes: Sequence[Change]) -> StocksUpdatedV1:
    """The changes as an event."""
    return StocksUpdatedV1(stocks=tuple(map(_changed_stock, changes)))


def _changed_stock(change: Change) -> ChangedStock:
    return ChangedStock(
        **dict(zip(_NAMES, change.row, strict=True)),
        revision=change.revision,
        change="gone" if change.gone else "new" if change.is_new else "changed",
        previous=change.previous or {},
    )


RESOURCE = Resource(
    name="stocks",
    method=methods.WB_STOCKS,
    table=TABLE,
    refresh_factor=5,
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    event=event,
    is_live=after_first_load,
    unhashed=frozenset({"observed_at"}),
    emptied={"quantity": 0, "in_way_to_client": 0, "in_way_from_client": 0},
)
