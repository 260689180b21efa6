"""Orders. Source: `GET /api/v1/supplier/orders` (statistics), rows by `lastChangeDate` ascending, 80,000 a page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.orders import OrdersUpdatedV1, order_id
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Numeric, Text

from ingestor.resources.fields import Int, NmId, money, number
from ingestor.resources.resource import (
    BrokenRow,
    Change,
    Key,
    Page,
    Position,
    Resource,
    Row,
    Seen,
    Start,
    Step,
    since_connected,
)
from ingestor.resources.table import data_columns, data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import date_from, moment, moment_or_never, moscow_day

KEPT_BY_WB = timedelta(days=90)
"""How long WB keeps an order."""

OVERLAP = timedelta(seconds=2)
"""`lastChangeDate` has whole seconds: the second that was still going on when it was read is read again."""

SWEEP = timedelta(hours=24)
"""Rows appear late, and prices fill in within a day."""

CANCELLED = "cancel"
"""The order feed's word for it."""

TABLE = data_table(
    "orders",
    Column("srid", Text, primary_key=True),
    Column("g_number", Text),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("last_change_at", DateTime(timezone=True)),
    Column("nm_id", BigInteger, nullable=False),
    Column("supplier_article", Text),
    Column("barcode", Text),
    Column("tech_size", Text),
    Column("brand", Text),
    Column("subject", Text),
    Column("category", Text),
    Column("warehouse_name", Text),
    Column("warehouse_type", Text),
    Column("country_name", Text),
    Column("oblast_okrug_name", Text),
    Column("region_name", Text),
    Column("total_price", Numeric(18, 2)),
    Column("discount_percent", Integer),
    Column("spp", Numeric(18, 2)),
    Column("price_with_disc", Numeric(18, 2)),
    Column("finished_price", Numeric(18, 2)),
    Column("is_cancel", Boolean),
    Column("cancelled_at", DateTime(timezone=True)),
    Column("status", Text),
    Column("cancel_type", Text),
    Column("status_at", DateTime(timezone=True)),
    Column("chrt_id", BigInteger),
    Column("is_mp", Boolean),
    Column("is_b2b", Boolean),
    Column("seller_price", Numeric(18, 2)),
    Column("destination_city", Text),
    Column("destination_district", Text),
    Column("feed_hash", BigInteger),
)
HISTORY = history_table(TABLE)

FEED_COLUMNS = ("status", "cancel_type", "status_at", "chrt_id", "is_mp", "is_b2b", "seller_price",
                "destination_city", "destination_district")  # fmt: skip
"""Columns that only the order feed gives."""

_COLUMNS = tuple(column.name for column in data_columns(TABLE) if column.name not in FEED_COLUMNS)


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    srid: str
    date: str
    last_change_date: str


class _WbOrder(msgspec.Struct, rename="camel", gc=False):
    srid: str
    date: str
    last_change_date: str
    nm_id: NmId
    g_number: str | None = None
    supplier_article: str | None = None
    barcode: str | None = None
    tech_size: str | None = None
    brand: str | None = None
    subject: str | None = None
    category: str | None = None
    warehouse_name: str | None = None
    warehouse_type: str | None = None
    country_name: str | None = None
    oblast_okrug_name: str | None = None
    region_name: str | None = None
    total_price: Decimal | None = None
    discount_percent: Int | None = None
    spp: Decimal | None = None
    price_with_disc: Decimal | None = None
    finished_price: Decimal | None = None
    is_cancel: bool | None = None
    cancel_date: str | None = None


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_order = msgspec.json.Decoder(_WbOrder)
_glimpse = msgspec.json.Decoder(_Glimpse)


def begin(cursor: Position | None, start: Start) -> Position:
    """From where an interrupted reading stopped, else from the watermark; a sweep from a day before it."""
    cursor = cursor or {}
    under_way = "at" in cursor
    if under_way and (cursor["thorough"] or not start.sweep):
        return cursor
    watermark = cursor.get("watermark")
    if watermark is None:
        at = start.now - KEPT_BY_WB
    else:
        at = datetime.fromisoformat(watermark) - OVERLAP
        if start.sweep:
            at = min(at, start.now - SWEEP)
    thorough = start.sweep or watermark is None
    rest = _rest(watermark, cursor.get("uncut", 0))
    return {**rest, "at": at.isoformat(), "thorough": thorough, "rows": 0, "rows_at": 0, "days": [], "rows_of_days": 0}


def ask(position: Position) -> dict[str, Any]:
    """Rows changed since the position, or all of one order day."""
    if position["days"]:
        return {"params": {"dateFrom": position["days"][0], "flag": "1"}}
    return {"params": {"dateFrom": date_from(datetime.fromisoformat(position["at"])), "flag": "0"}}


def read(body: bytes) -> Page:
    """The answer is an array of rows."""
    return Page(_rows.decode(body))


def glance(raw: msgspec.Raw) -> tuple[Key, datetime]:
    """`srid`, and the moment that pages are cut by."""
    wb = _glimpse.decode(raw)
    if not wb.srid:
        raise BrokenRow("srid is empty")
    return (wb.srid,), moment(wb.last_change_date)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """An order; money that is 0 is not known yet."""
    wb = _order.decode(raw)
    return (
        wb.srid,
        wb.g_number or None,
        moment(wb.date),
        moment(wb.last_change_date),
        wb.nm_id,
        wb.supplier_article or None,
        wb.barcode or None,
        wb.tech_size or None,
        wb.brand or None,
        wb.subject or None,
        wb.category or None,
        wb.warehouse_name or None,
        wb.warehouse_type or None,
        wb.country_name or None,
        wb.oblast_okrug_name or None,
        wb.region_name or None,
        money(wb.total_price),
        wb.discount_percent,
        number(wb.spp),
        money(wb.price_with_disc),
        money(wb.finished_price),
        bool(wb.is_cancel),
        moment_or_never(wb.cancel_date),
    )


def advance(position: Position, seen: Seen) -> Step:
    """The next page, until WB has nothing more: `[]`, or no later row.

    WB does not say where it cuts a page ("about 80,000 rows"). A look past the last page tells that it was not cut;
    an ordinary run does without that look if a page of its size (`uncut`) was found whole before.
    """
    changes = seen.marks
    if position["days"]:
        return _after_day(position, changes)
    if not changes:
        return Step(_rest(position["watermark"], position["uncut"]), done=True)
    at, last = datetime.fromisoformat(position["at"]), max(changes)
    if last <= at:
        return _after_last(position, seen)
    before = position["watermark"]
    watermark = last if before is None else max(last, datetime.fromisoformat(before))
    rest = _rest(watermark.isoformat(), position["uncut"])
    if not position["thorough"] and seen.size <= position["uncut"] and last == watermark:
        return Step(rest, done=True)
    return Step(
        {**position, **rest, "at": last.isoformat(), "rows": seen.size, "rows_at": changes.count(last)}, done=False
    )


def _after_last(position: Position, seen: Seen) -> Step:
    """No later row than the last page had: that page was whole, or what is missing changed in its last second."""
    if seen.size > position["rows_at"] or position["uncut"] < seen.size == position["rows"]:
        # This page may be cut as well. All of that second is in the days on which its orders were made.
        # A quiet shop's one change of a day is not read so at every sweep: its size was found whole the first time.
        at = datetime.fromisoformat(position["at"])
        days = _days(min(map(_day_of, seen.rows), default=moscow_day(at)), moscow_day(at))
        return Step({**position, "days": days, "rows": seen.size, "rows_of_days": 0}, done=False)
    return Step(_rest(position["watermark"], max(position["uncut"], position["rows"])), done=True)


def _after_day(position: Position, changes: Sequence[datetime]) -> Step:
    at = datetime.fromisoformat(position["at"])
    found = position["rows_of_days"] + changes.count(at)
    days = position["days"][1:]
    if days:
        return Step({**position, "days": days, "rows_of_days": found}, done=False)
    uncut = max(position["uncut"], position["rows"] if found <= position["rows"] else 0)
    after = (at + timedelta(seconds=1)).isoformat()
    return Step({**position, "uncut": uncut, "days": [], "at": after, "rows": 0, "rows_at": 0}, done=False)


def _day_of(raw: msgspec.Raw) -> date:
    try:
        return moscow_day(moment(_glimpse.decode(raw).date))
    except (msgspec.MsgspecError, ValueError):
        return date.max


def _days(first: date, last: date) -> list[str]:
    first = max(first, last - KEPT_BY_WB)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _rest(watermark: str | None, uncut: int) -> Position:
    return {"watermark": watermark, "uncut": uncut}


def snapshot(values: dict[str, Any], cabinet_id: UUID) -> dict[str, Any]:
    """An order as its event tells it, whichever source knows of it."""
    values["order_id"] = order_id(cabinet_id, values["srid"])
    values["last_change_at"] = values.get("last_change_at") or values.get("status_at")
    values["is_cancel"] = bool(values.get("is_cancel")) or values.get("status") == CANCELLED
    return values


def kind(change: Change) -> str:
    """`cancelled` when no source had told of it before."""
    previous = change.previous
    if previous is None:
        return "new"
    was_cancelled = previous.get("status", change.others.get("status")) == CANCELLED
    return "cancelled" if previous.get("is_cancel", True) is False and not was_cancelled else "changed"


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """What changed at WB before the cabinet was connected is history, and so is what the order feed had told."""
    return not change.joined and since_connected(change, connected_at, first_load)


RESOURCE = Resource(
    name="orders",
    method=METHODS["orders"],
    table=TABLE,
    event=OrdersUpdatedV1,
    rows="orders",
    refresh=timedelta(minutes=1),
    paging="`dateFrom` by `lastChangeDate`, about 80,000 rows",
    overlap="2 s; every hour 24 h",
    begin=begin,
    ask=ask,
    read=read,
    glance=glance,
    parse=parse,
    advance=advance,
    columns=_COLUMNS,
    version="last_change_at",
    dated="last_change_at",
    unhashed=frozenset({"last_change_at"}),
    history=HISTORY,
    snapshot=snapshot,
    kind=kind,
    is_live=is_live,
)
