"""Orders. Source: `GET /api/v1/supplier/orders` (statistics), rows by `lastChangeDate` ascending, 80,000 a page."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from contracts.orders import ChangedOrder, OrderChange, OrdersUpdatedV1, order_id
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Numeric, Text, Uuid

from ingestor.resources.resource import (
    INT64,
    BrokenRow,
    Change,
    Page,
    Position,
    Resource,
    Row,
    Seen,
    Start,
    Step,
    text_or_none,
)
from ingestor.resources.table import data_columns, data_table
from ingestor.wb import methods
from ingestor.wb.times import date_from, moment, moment_or_never, moscow_day

HISTORY = timedelta(days=90)
"""How long WB keeps an order."""

OVERLAP = timedelta(seconds=2)
"""`lastChangeDate` has whole seconds: the second that was still going on when it was read is read again."""

SWEEP = timedelta(hours=24)
"""Rows appear late, and prices fill in within a day."""

_KOPECK = Decimal("0.01")
_MONEY_LIMIT = Decimal(10) ** 14

TABLE = data_table(
    "orders",
    Column("srid", Text, primary_key=True),
    Column("order_id", Uuid, nullable=False),
    Column("g_number", Text),
    Column("ordered_at", DateTime(timezone=True), nullable=False),
    Column("last_change_at", DateTime(timezone=True), nullable=False),
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
    Column("is_cancel", Boolean, nullable=False),
    Column("cancelled_at", DateTime(timezone=True)),
    Index("orders_ordered_at", "cabinet_id", "ordered_at"),
)
_NAMES = tuple(column.name for column in data_columns(TABLE))
_ORDERED_AT = _NAMES.index("ordered_at")
_LAST_CHANGE_AT = _NAMES.index("last_change_at")
_IS_CANCEL = _NAMES.index("is_cancel")


class _WbOrder(msgspec.Struct, rename="camel"):
    srid: str
    date: str
    last_change_date: str
    nm_id: Annotated[int, msgspec.Meta(ge=1, le=INT64)]
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
    discount_percent: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)] | None = None
    spp: Decimal | None = None
    price_with_disc: Decimal | None = None
    finished_price: Decimal | None = None
    is_cancel: bool | None = None
    cancel_date: str | None = None


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_order = msgspec.json.Decoder(_WbOrder)


def begin(cursor: Position | None, start: Start) -> Position:
    """From where an interrupted reading stopped, else from the watermark; a sweep from a day before it."""
    cursor = cursor or {}
    under_way = "at" in cursor
    if under_way and (cursor["thorough"] or not start.sweep):
        return cursor
    watermark = cursor.get("watermark")
    if watermark is None:
        at = start.now - HISTORY
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


def parse(raw: msgspec.Raw, cabinet_id: UUID, observed_at: datetime) -> Row:
    """An order; money that is 0 is not known yet."""
    wb = _order.decode(raw)
    srid = text_or_none(wb.srid)
    if srid is None:
        raise BrokenRow("srid is empty")
    return (
        srid,
        order_id(cabinet_id, srid),
        text_or_none(wb.g_number),
        moment(wb.date),
        moment(wb.last_change_date),
        wb.nm_id,
        text_or_none(wb.supplier_article),
        text_or_none(wb.barcode),
        text_or_none(wb.tech_size),
        text_or_none(wb.brand),
        text_or_none(wb.subject),
        text_or_none(wb.category),
        text_or_none(wb.warehouse_name),
        text_or_none(wb.warehouse_type),
        text_or_none(wb.country_name),
        text_or_none(wb.oblast_okrug_name),
        text_or_none(wb.region_name),
        _money(wb.total_price),
        wb.discount_percent,
        _number(wb.spp),
        _money(wb.price_with_disc),
        _money(wb.finished_price),
        bool(wb.is_cancel),
        moment_or_never(wb.cancel_date),
    )


def advance(position: Position, seen: Seen) -> Step:
    """The next page, until WB has nothing more: `[]`, or no later row.

    WB does not say where it cuts a page ("about 80,000 rows"). A look past the last page tells that it was not cut;
    an ordinary run does without that look if a page of its size (`uncut`) was found whole before.
    """
    changes = [row[_LAST_CHANGE_AT] for row in seen.rows]
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
        ordered = min(row[_ORDERED_AT] for row in seen.rows)
        days = _days(moscow_day(ordered), moscow_day(at))
        return Step({**position, "days": days, "rows": seen.size, "rows_of_days": 0}, done=False)
    return Step(_rest(position["watermark"], max(position["uncut"], position["rows"])), done=True)


def _after_day(position: Position, changes: list[datetime]) -> Step:
    at = datetime.fromisoformat(position["at"])
    found = position["rows_of_days"] + changes.count(at)
    days = position["days"][1:]
    if days:
        return Step({**position, "days": days, "rows_of_days": found}, done=False)
    uncut = max(position["uncut"], position["rows"] if found <= position["rows"] else 0)
    after = (at + timedelta(seconds=1)).isoformat()
    return Step({**position, "uncut": uncut, "days": [], "at": after, "rows": 0, "rows_at": 0}, done=False)


def _days(first: date, last: date) -> list[str]:
    first = max(first, last - HISTORY)
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _rest(watermark: str | None, uncut: int) -> Position:
    return {"watermark": watermark, "uncut": uncut}


def event(changes: Sequence[Change]) -> OrdersUpdatedV1:
    """The changes as an event."""
    return OrdersUpdatedV1(orders=tuple(map(_changed_order, changes)))


def _changed_order(change: Change) -> ChangedOrder:
    return ChangedOrder(
        **dict(zip(_NAMES, change.row, strict=True)),
        revision=change.revision,
        change=_kind(change),
        previous=change.previous or {},
    )


def _kind(change: Change) -> OrderChange:
    if change.previous is None:
        return "new"
    return "cancelled" if change.row[_IS_CANCEL] and change.previous.get("is_cancel") is False else "changed"


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """What changed at WB before the cabinet was connected is history, whenever it is read."""
    return bool(change.row[_LAST_CHANGE_AT] >= connected_at.replace(microsecond=0))


def _number(value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite() or abs(value) >= _MONEY_LIMIT:
        raise BrokenRow("a number is out of all bounds")
    return value.quantize(_KOPECK, ROUND_HALF_UP)


def _money(value: Decimal | None) -> Decimal | None:
    return _number(value) or None


RESOURCE = Resource(
    name="orders",
    method=methods.ORDERS,
    table=TABLE,
    refresh_factor=1,
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    event=event,
    is_live=is_live,
    version="last_change_at",
    unhashed=frozenset({"last_change_at"}),
)
