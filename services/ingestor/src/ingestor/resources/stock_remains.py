"""Remains at WB's warehouses. Source: `GET /api/v1/warehouse_remains`: a report is ordered, waited for and downloaded.

It is for tokens that `stocks` is closed to. The report has one entry for each barcode, with the warehouses that have
any of it; a row here is one barcode at one of them. What WB mixes in among the warehouses is told apart by `kind`:
units on their way to buyers, on their way back, and the total of all warehouses. Sizes have no id of WB's there.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from contracts.stocks import StockRemainsUpdatedV1
from sqlalchemy import Text

from ingestor.resources import answers
from ingestor.resources.columns import columns, ident, key, made, observed, parser, text, units
from ingestor.resources.fields import Handle, Id, KeyText, NmId
from ingestor.resources.resource import (
    Page,
    Position,
    Publishing,
    Reading,
    Resource,
    Seen,
    Start,
    Step,
    Storage,
)
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


def kind_of(warehouse_name: str) -> Kind:
    """What WB means by the name of a warehouse."""
    name = " ".join(warehouse_name.lower().split())
    if name.startswith("в пути"):
        return "from_client" if "возврат" in name else "to_client"
    return "total" if name.startswith("всего") else "warehouse"


COLUMNS = columns(
    # A row is one barcode at one warehouse, or on its way, as `read` takes it out of an entry.
    key(ident("nm_id", kind=NmId)),
    key(text("barcode"), optional=True),
    key(text("tech_size"), optional=True),
    key(text("warehouse_name", wb="warehouse.warehouseName", kind=KeyText), empty=True),
    made("kind", Text, kind_of, "warehouse.warehouseName", nullable=False),
    text("vendor_code"),
    units("quantity", wb="warehouse.quantity", required=True),
    observed("observed_at"),
)
TABLE, parse = data_table("stock_remains", COLUMNS), parser(COLUMNS)


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


class _WbTask(msgspec.Struct):
    task_id: str


class _WbState(msgspec.Struct):
    status: str


_entry = msgspec.json.Decoder(_WbEntry)


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
    listed = answers.listed(body, instead=("taskId", "status"))
    return Page([row for raw in listed.rows for row in _flat(raw)], _said(listed))


def _said(listed: answers.Listed) -> _WbTask | _WbState | None:
    if task_id := listed.get("taskId", Handle | Id):
        return _WbTask(str(task_id))
    status = listed.get("status", str)
    return None if status is None else _WbState(status)


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
    refresh=timedelta(minutes=30),
    reading=Reading(
        also=(METHODS["remains-status"], METHODS["remains-download"]),
        paging="one report: ordered, waited for, downloaded",
        overlap="everything",
        begin=begin,
        ask=ask,
        read=read,
        advance=advance,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
        untracked=frozenset({"observed_at"}),
        grouped_by="warehouse_name",
        vital=("quantity",),
        when_gone={"quantity": 0},
    ),
    publishing=Publishing(
        event=StockRemainsUpdatedV1,
        rows="stocks",
    ),
    stands_in_for="stocks",
)
