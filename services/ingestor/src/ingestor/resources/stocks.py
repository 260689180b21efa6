"""Stocks at WB's warehouses. Source: `POST /api/analytics/v1/stocks-report/wb-warehouses`, a full re-read each time.

A row that a complete re-read does not contain is gone: its quantity is 0 until WB lists it again.
"""

from datetime import timedelta
from typing import Any

from contracts.stocks import StocksUpdatedV1

from ingestor.resources import answers, offsets
from ingestor.resources.columns import columns, ident, key, observed, parser, text, units
from ingestor.resources.fields import NmId
from ingestor.resources.resource import Page, Position, Publishing, Reading, Resource, Start, Storage
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 250_000

SHARED_COLUMNS = columns(
    key(ident("nm_id", kind=NmId)),
    key(ident("chrt_id")),
    key(ident("warehouse_id")),
    text("warehouse_name"),
    text("region_name"),
    units("quantity", required=True),
)
"""What WB says of a size in its own warehouses and in the seller's (`seller_stocks`)."""

COLUMNS = columns(
    *SHARED_COLUMNS,
    units("in_way_to_client"),
    units("in_way_from_client"),
    observed("observed_at"),
)
TABLE, parse = data_table("stocks", COLUMNS), parser(COLUMNS)


def begin(cursor: Position | None, start: Start) -> Position:
    """A full re-read."""
    return offsets.begin(cursor, start, page_rows=MAX_PAGE_ROWS)


def ask(position: Position) -> dict[str, Any]:
    """The rows from an offset on."""
    return {"json": {"limit": position["limit"], "offset": position["offset"]}}


def read(body: bytes) -> Page:
    """Rows under `data.items`; 204 has no body and no rows."""
    return Page(answers.rows(body, "data", "items"))


READING = Reading(
    paging="`offset`, 250,000 rows",
    overlap="everything",
    begin=begin,
    ask=ask,
    read=read,
    advance=offsets.advance,
)

RESOURCE = Resource(
    name="stocks",
    method=METHODS["wb-stocks"],
    refresh=timedelta(minutes=5),
    renewed=timedelta(minutes=30),
    reading=READING,
    storage=Storage(
        table=TABLE,
        parse=parse,
        untracked=frozenset({"observed_at"}),
        grouped_by="warehouse_id",
        vital=("quantity",),
        when_gone={"quantity": 0, "in_way_to_client": 0, "in_way_from_client": 0},
    ),
    publishing=Publishing(
        event=StocksUpdatedV1,
        rows="stocks",
    ),
)
