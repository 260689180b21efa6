"""WB offices that a seller's warehouse can be linked to. Source: `GET /api/v3/offices` (marketplace), all at once.

Their coordinates are left out: nothing is decided by them, and WB's own example has them the wrong way round.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.warehouses import OfficesUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, Integer, Text

from ingestor.resources import at_once
from ingestor.resources.fields import Id, Int, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

TABLE = data_table(
    "offices",
    Column("office_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("address", Text),
    Column("city", Text),
    Column("federal_district", Text),
    Column("cargo_type", Integer),
    Column("delivery_type", Integer),
    Column("selected", Boolean),
)


class _WbOffice(msgspec.Struct, rename="camel"):
    id: Id
    name: str | None = None
    address: str | None = None
    city: str | None = None
    federal_district: str | None = None
    cargo_type: Int | None = None
    delivery_type: Int | None = None
    selected: bool | None = None


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_office = msgspec.json.Decoder(_WbOffice)


def ask(position: Position) -> dict[str, Any]:
    """It takes no parameters."""
    return {}


def read(body: bytes) -> Page:
    """The answer is an array of offices."""
    return Page(_rows.decode(body))


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """An office."""
    wb = _office.decode(raw)
    return (
        wb.id,
        text_or_none(wb.name),
        text_or_none(wb.address),
        text_or_none(wb.city),
        text_or_none(wb.federal_district),
        wb.cargo_type,
        wb.delivery_type,
        wb.selected,
    )


RESOURCE = Resource(
    name="offices",
    method=METHODS["offices"],
    table=TABLE,
    event=OfficesUpdatedV1,
    rows="offices",
    refresh=timedelta(hours=6),
    paging="none",
    overlap="everything",
    begin=at_once.begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=at_once.advance,
    emptied={},
)
