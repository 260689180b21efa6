"""Remains at WB's warehouses. Source: `GET /api/v1/warehouse_remains`: a report is ordered, waited for and downloaded.

It is for tokens that `stocks` is closed to. The report has one entry for each barcode, with the warehouses that have
any of it; a row here is one barcode at one of them. What WB mixes in among the warehouses is told apart by `kind`:
units on their way to buyers, on their way back, and the total of all warehouses. Sizes have no id of WB's there.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from contracts.stocks import StockRemainsUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Integer, Text

from ingestor.resources.fields import Handle, KeyText, NmId, Units, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

DONE = "done"
DROPPED = frozenset({"purged", "canceled"})

LOOK_SECONDS = 5
"""WB allows a look at the state of a report every 5 seconds."""

ANEW_SECONDS = 60

GIVEN_UP = timedelta(hours=2)
"""A report that is older was lost: WB says neither how long making one takes nor how long it is kept."""

Kind = Literal["warehouse", "to_client", "from_client", "total"]

TABLE = data_table(
    "stock_remains",
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("barcode", Text, primary_key=True),
    Column("tech_size", Text, primary_key=True),
    Column("warehouse_name", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("vendor_code", Text),
    Column("quantity", Integer, nullable=False),
    Column("observed_at", DateTime(timezone=True), nullable=False),
)


class _WbEntry(msgspec.Struct, rename="camel"):
    nm_id: msgspec.Raw
    barcode: msgspec.Raw = msgspec.Raw(b"null")
    tech_size: msgspec.Raw = msgspec.Raw(b"null")
    vendor_code: msgspec.Raw = msgspec.Raw(b"null")
    warehouses: list[msgspec.Raw] | None = None


class _Flat(msgspec.Struct, rename="camel"):
    nm_id: msgspec.Raw
    barcode: msgspec.Raw
    tech_size: msgspec.Raw
    vendor_code: msgspec.Raw
    warehouse: msgspec.Raw


class _WbWarehouse(msgspec.Struct, rename="camel"):
    warehouse_name: KeyText
    quantity: Units


class _WbRemain(msgspec.Struct, rename="camel"):
    nm_id: NmId
    warehouse: _WbWarehouse
    barcode: KeyText | None = None
    tech_size: KeyText | None = None
    vendor_code: str | None = None


class _WbTask(msgspec.Struct, rename="camel"):
    task_id: Annotated[Handle, msgspec.Meta(min_length=1)]


class _WbState(msgspec.Struct):
    status: str


class _WbData(msgspec.Struct):
    data: dict[str, Any]


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_data = msgspec.json.Decoder(_WbData)
_entry = msgspec.json.Decoder(_WbEntry)
_remain = msgspec.json.Decoder(_WbRemain)


def begin(cursor: Position | None, start: Start) -> Position:
    """With a new report, or with the one that was ordered before."""
    if cursor and start.now - datetime.fromisoformat(cursor["begun"]) < GIVEN_UP:
        return cursor
    return {"begun": start.now.isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """Order the report, look how it is coming on, or download it."""
    if "task_id" not in position:
        by = ("groupBySa", "groupByNm", "groupByBarcode", "groupBySize")
        return {"params": {"locale": "ru", **dict.fromkeys(by, "true")}}
    method = METHODS["remains-download" if "ready" in position else "remains-status"]
    return {"method": method, "path": {"task_id": position["task_id"]}}


def read(body: bytes) -> Page:
    """The report is an array; before it come the id of its task, and its state. A shop without stock may get 204."""
    if not body:
        return Page([])
    if body.lstrip()[:1] == b"[":
        return Page([row for raw in _rows.decode(body) for row in _flat(raw)])
    data = _data.decode(body).data
    return Page([], msgspec.convert(data, _WbState if "status" in data else _WbTask))


def _flat(raw: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        wb = _entry.decode(raw)
    except (ValueError, RecursionError):
        # It has no `warehouse`, so that it cannot be read as a row either.
        return [raw]
    return [
        msgspec.Raw(msgspec.json.encode(_Flat(wb.nm_id, wb.barcode, wb.tech_size, wb.vendor_code, each)))
        for each in wb.warehouses or ()
    ]


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """Units of one barcode at one warehouse, or on their way; an absent barcode or size is empty."""
    wb = _remain.decode(raw)
    name = wb.warehouse.warehouse_name
    return (
        wb.nm_id,
        wb.barcode or "",
        wb.tech_size or "",
        name,
        kind_of(name),
        text_or_none(wb.vendor_code),
        wb.warehouse.quantity,
        observed_at,
    )


def kind_of(warehouse_name: str) -> Kind:
    """What WB means by the name of a warehouse."""
    name = " ".join(warehouse_name.lower().split())
    if name.startswith("в пути"):
        return "from_client" if "возврат" in name else "to_client"
    return "total" if name.startswith("всего") else "warehouse"


def advance(position: Position, seen: Seen) -> Step:
    """From the order of a report to its download; a report that WB dropped is ordered anew after a while."""
    is_looked_for = "task_id" in position and "ready" not in position
    match seen.after:
        case _WbTask(task_id=task_id) if "task_id" not in position:
            return Step({**position, "task_id": task_id}, done=False, wait_seconds=LOOK_SECONDS)
        case None if "ready" in position:
            return Step({}, done=True, whole=not seen.broken)
        case _WbState(status=status) if is_looked_for and status not in DROPPED:
            if status == DONE:
                return Step({**position, "ready": True}, done=False)
            return Step(position, done=False, wait_seconds=LOOK_SECONDS)
        case _:
            return Step({}, done=False, wait_seconds=ANEW_SECONDS)


RESOURCE = Resource(
    name="stock_remains",
    method=METHODS["remains-create"],
    also=(METHODS["remains-status"], METHODS["remains-download"]),
    table=TABLE,
    event=StockRemainsUpdatedV1,
    rows="stocks",
    refresh=timedelta(minutes=30),
    paging="one report: ordered, waited for, downloaded",
    overlap="everything",
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    unhashed=frozenset({"observed_at"}),
    emptied={"quantity": 0},
    stands_in_for="stocks",
)
