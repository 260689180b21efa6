"""The seller's own warehouses. Source: `GET /api/v3/warehouses` (marketplace), all at once."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.warehouses import WarehousesUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, Integer, Text

from ingestor.resources import at_once
from ingestor.resources.fields import Id, Int, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

TABLE = data_table(
    "warehouses",
    Column("warehouse_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("office_id", BigInteger),
    Column("cargo_type", Integer),
    Column("delivery_type", Integer),
    Column("is_deleting", Boolean),
    Column("is_processing", Boolean),
)


class _WbWarehouse(msgspec.Struct, rename="camel"):
    id: Id
    name: str | None = None
    office_id: Id | None = None
    cargo_type: Int | None = None
    delivery_type: Int | None = None
    is_deleting: bool | None = None
    is_processing: bool | None = None


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_warehouse = msgspec.json.Decoder(_WbWarehouse)


def ask(position: Position) -> dict[str, Any]:
    """It takes no parameters."""
    return {}


def read(body: bytes) -> Page:
    """The answer is an array of warehouses."""
    return Page(_rows.decode(body))


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A warehouse."""
    wb = _warehouse.decode(raw)
    return (
        wb.id,
        text_or_none(wb.name),
        wb.office_id,
        wb.cargo_type,
        wb.delivery_type,
        wb.is_deleting,
        wb.is_processing,
    )


RESOURCE = Resource(
    name="warehouses",
    method=METHODS["warehouses"],
    table=TABLE,
    event=WarehousesUpdatedV1,
    rows="warehouses",
    refresh=timedelta(minutes=30),
    paging="none",
    overlap="everything",
    begin=at_once.begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=at_once.advance,
    emptied={},
)
