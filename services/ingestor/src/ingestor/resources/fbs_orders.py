"""FBS tasks. Source: `GET /api/v3/orders` (marketplace): by the time they were created, 1000 a page, 3 months back.

One call reaches over 30 days at most, so a long time is read window by window. Tasks come without their status, which
`fbs_statuses` asks for; what only new tasks tell comes from `fbs_new_orders`, which also sees them first. A task is put
into a supply, and its price at acceptance is known, days after it was created: sweeps reach back that far.
Addresses and comments of buyers are not read.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.fbs import FbsOrdersUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources.fields import Id, Int, NmId, hundredths, text_or_none
from ingestor.resources.resource import Change, Page, Position, Resource, Row, Seen, Start, Step, since_connected
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment

MAX_PAGE_ROWS = 1_000

KEPT_BY_WB = timedelta(days=89)
"""WB gives tasks of the last three months; the shortest three have 89 days."""

WINDOW = timedelta(days=29)
"""30 calendar days are allowed; 30 times 24 hours touch 31."""

OVERLAP = timedelta(hours=1)
SWEEP = timedelta(days=7)

STALE = timedelta(days=1)
"""A reading that was interrupted so long ago begins anew: its windows may be out of WB's reach."""

OPEN = (
    "coalesce(wb_status, '') NOT IN "
    "('sold', 'canceled', 'canceled_by_client', 'declined_by_client', 'defect', 'canceled_by_carrier')"
)
"""SQL that a task may still change its status; it may by a status that is not known here, too."""

TABLE = data_table(
    "fbs_orders",
    Column("fbs_order_id", BigInteger, primary_key=True, autoincrement=False),
    Column("srid", Text),
    Column("order_uid", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("nm_id", BigInteger, nullable=False),
    Column("chrt_id", BigInteger),
    Column("article", Text),
    Column("skus", JSONB, nullable=False),
    Column("warehouse_id", BigInteger),
    Column("office_id", BigInteger),
    Column("offices", JSONB, nullable=False),
    Column("delivery_type", Text),
    Column("cargo_type", Integer),
    Column("cross_border_type", Integer),
    Column("price", Numeric(18, 2)),
    Column("converted_price", Numeric(18, 2)),
    Column("currency_code", Integer),
    Column("converted_currency_code", Integer),
    Column("is_zero_order", Boolean),
    Column("is_b2b", Boolean),
    Column("supply_id", Text),
    Column("scan_price", Numeric(18, 2)),
    Column("sale_price", Numeric(18, 2)),
    Column("final_price", Numeric(18, 2)),
    Column("converted_final_price", Numeric(18, 2)),
    Column("required_meta", JSONB),
    Column("supplier_status", Text),
    Column("wb_status", Text),
    Column("is_cancellable", Boolean),
    Column("is_transferable", Boolean),
    Column("new_hash", BigInteger),
    Column("status_hash", BigInteger),
    Index("fbs_orders_open", "cabinet_id", "fbs_order_id", postgresql_where=text(OPEN)),
)

SHARED_COLUMNS = (
    "fbs_order_id", "srid", "order_uid", "created_at", "nm_id", "chrt_id", "article", "skus", "warehouse_id",
    "office_id", "offices", "delivery_type", "cargo_type", "cross_border_type", "price", "converted_price",
    "currency_code", "converted_currency_code", "is_zero_order", "is_b2b",
)  # fmt: skip
"""Columns that both lists of tasks give."""


class _WbOptions(msgspec.Struct):
    is_b2b: bool | None = msgspec.field(name="isB2B", default=None)


class WbTask(msgspec.Struct, rename="camel"):
    """What both lists say of a task; prices in hundredths."""

    id: Id
    created_at: str
    nm_id: NmId
    rid: str | None = None
    order_uid: str | None = None
    chrt_id: Id | None = None
    article: str | None = None
    skus: list[str] | None = None
    warehouse_id: Id | None = None
    office_id: Id | None = None
    offices: list[str] | None = None
    delivery_type: str | None = None
    cargo_type: Int | None = None
    cross_border_type: Int | None = None
    price: Id | None = None
    converted_price: Id | None = None
    currency_code: Int | None = None
    converted_currency_code: Int | None = None
    is_zero_order: bool | None = None
    options: _WbOptions | None = None


class _WbListedTask(WbTask, rename="camel"):
    supply_id: str | None = None
    scan_price: Decimal | None = None


class _WbAnswer(msgspec.Struct):
    # Required: an answer without it must not be taken for a shop without tasks.
    orders: list[msgspec.Raw] | None
    next: int | None = None


_answer = msgspec.json.Decoder(_WbAnswer)
_task = msgspec.json.Decoder(_WbListedTask)


def begin(cursor: Position | None, start: Start) -> Position:
    """Where an interrupted reading stopped, else from a little before the last one; a sweep from a week before it."""
    cursor = cursor or {}
    if "next" in cursor and (cursor["thorough"] or not start.sweep) and start.now - _at(cursor["until"]) < STALE:
        return cursor
    watermark, until = cursor.get("watermark"), int(start.now.timestamp())
    since = start.now - KEPT_BY_WB
    if watermark is not None:
        since = max(since, min(_at(watermark), start.now) - (SWEEP if start.sweep else OVERLAP))
    return {
        "watermark": watermark,
        "since": int(since.timestamp()),
        "until": until,
        "next": 0,
        "limit": min(MAX_PAGE_ROWS, start.page_rows),
        "thorough": start.sweep or watermark is None,
    }


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with tasks created since a moment."""
    return {"since": int(at.timestamp())}


def ask(position: Position) -> dict[str, Any]:
    """A page of the tasks that were created in the window under way."""
    return {
        "params": {
            "limit": str(position["limit"]),
            "next": str(position["next"]),
            "dateFrom": str(position["since"]),
            "dateTo": str(_window_end(position)),
        }
    }


def read(body: bytes) -> Page:
    """Tasks beside the number that leads on."""
    answer = _answer.decode(body)
    return Page(answer.orders or [], answer.next)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A task."""
    wb = _task.decode(raw)
    return (*shared_values(wb), text_or_none(wb.supply_id), hundredths(wb.scan_price))


def shared_values(wb: WbTask) -> Row:
    """The values of `SHARED_COLUMNS`."""
    return (
        wb.id,
        text_or_none(wb.rid),
        text_or_none(wb.order_uid),
        moment(wb.created_at),
        wb.nm_id,
        wb.chrt_id,
        text_or_none(wb.article),
        msgspec.json.encode(wb.skus or []).decode(),
        wb.warehouse_id,
        wb.office_id,
        msgspec.json.encode(wb.offices or []).decode(),
        text_or_none(wb.delivery_type),
        wb.cargo_type,
        wb.cross_border_type,
        hundredths(wb.price),
        hundredths(wb.converted_price),
        wb.currency_code,
        wb.converted_currency_code,
        wb.is_zero_order,
        wb.options.is_b2b if wb.options else None,
    )


def advance(position: Position, seen: Seen) -> Step:
    """On with WB's number to the last page of a window, which is not full or leads nowhere; then the next window."""
    following = seen.after
    if seen.size >= position["limit"] and following and following != position["next"]:
        return Step({**position, "next": following}, done=False)
    end = _window_end(position)
    if end < position["until"]:
        return Step({**position, "since": end, "next": 0}, done=False)
    return Step({"watermark": position["until"]}, done=True)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """New tasks are news by the time they were created; what one list adds to the other is none."""
    if change.is_new:
        return since_connected(change, connected_at, first_load)
    return not change.joined and not first_load


def _window_end(position: Position) -> int:
    end: int = min(position["since"] + int(WINDOW.total_seconds()), position["until"])
    return end


def _at(unix_seconds: int) -> datetime:
    return datetime.fromtimestamp(unix_seconds, UTC)


RESOURCE = Resource(
    name="fbs_orders",
    method=METHODS["fbs-orders"],
    table=TABLE,
    event=FbsOrdersUpdatedV1,
    rows="fbs_orders",
    refresh=timedelta(minutes=10),
    paging="windows of 29 days by creation, `next`, 1000 rows",
    overlap="1 h; every hour 7 days",
    begin=begin,
    since=since,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    columns=(*SHARED_COLUMNS, "supply_id", "scan_price"),
    dated="created_at",
    is_live=is_live,
)
