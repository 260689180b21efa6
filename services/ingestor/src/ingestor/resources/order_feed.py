"""Orders by their status. Source: `POST /api/analytics/v1/order-feed` (analytics), newest status first, 31 days back.

The second source of `orders`, read while statistics is closed to the token or switched off. All pages of a pass are of
one snapshot, that of the first. The feed names neither barcode nor article nor size, and of the prices only the
seller's.
"""

import zlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from contracts.orders import OrdersUpdatedV1, order_id

from ingestor.resources import orders
from ingestor.resources.fields import Handle, Id, KeyText, NmId, money, text_or_none
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
)
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment

MAX_PAGE_ROWS = 10_000

REACH = timedelta(days=31) - timedelta(hours=1)
"""WB refuses a period that begins more than 31 days ago; the rest of the last hour is for the call to get there."""

OVERLAP = timedelta(hours=1)
SWEEP = timedelta(hours=24)

STALE = timedelta(days=2)
"""A pass that began so long ago begins anew: WB does not say how long it keeps a snapshot."""


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    srid: KeyText
    updated_at: str


class _WbOrder(msgspec.Struct, rename="camel", gc=False):
    srid: str
    nm_id: NmId
    created_at: str
    updated_at: str
    status: Annotated[str, msgspec.Meta(min_length=1)]
    cancel_type: str | None = None
    chrt_id: Id | None = None
    is_mp: bool | None = None
    is_b2b: bool | None = msgspec.field(name="isB2b", default=None)
    seller_price: Decimal | None = None
    destination_city: str | None = None
    destination_district: str | None = None


class _WbData(msgspec.Struct, rename="camel"):
    snapshot_time: Annotated[Handle, msgspec.Meta(min_length=1)]
    orders: list[msgspec.Raw] | None


class _WbAnswer(msgspec.Struct):
    data: _WbData


class _Told(msgspec.Struct):
    ordered_at: datetime


_answer = msgspec.json.Decoder(_WbAnswer)
_order = msgspec.json.Decoder(_WbOrder)
_glimpse = msgspec.json.Decoder(_Glimpse)
_told = msgspec.json.Decoder(_Told)


def begin(cursor: Position | None, start: Start) -> Position:
    """Where an interrupted pass stopped, else from a little before the last status read; a sweep from a day before it.

    The period never begins further back than WB allows: that takes away the last rows only, and moves no other.
    """
    cursor = cursor or {}
    earliest = start.now - REACH
    is_under_way = "since" in cursor and start.now - datetime.fromisoformat(cursor["begun"]) < STALE
    if is_under_way and (cursor["thorough"] or not start.sweep):
        since = max(earliest, datetime.fromisoformat(cursor["since"]))
        return {**cursor, "since": since.isoformat()}
    watermark = cursor.get("watermark")
    since = earliest
    if watermark is not None:
        at = min(datetime.fromisoformat(watermark), start.now)
        since = max(earliest, at - (SWEEP if start.sweep else OVERLAP))
    return {
        "watermark": watermark,
        "newest": watermark,
        "begun": start.now.isoformat(),
        "since": since.isoformat(),
        "snapshot": None,
        "offset": 0,
        "limit": min(MAX_PAGE_ROWS, start.page_rows),
        "thorough": start.sweep or watermark is None,
        "page": None,
    }


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with statuses since a moment."""
    return {"since": at.isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """Orders whose status is of the period, from an offset on; after the first page as the first one's snapshot."""
    pagination = {"offset": position["offset"], "limit": position["limit"]}
    if position["snapshot"] is not None:
        pagination["snapshotTime"] = position["snapshot"]
    return {"json": {"selectedPeriod": {"start": position["since"]}, "pagination": pagination}}


def read(body: bytes) -> Page:
    """Orders beside the time of the snapshot they are of."""
    data = _answer.decode(body).data
    return Page(data.orders or [], data.snapshot_time)


def glance(raw: msgspec.Raw) -> tuple[Key, datetime]:
    """`srid`, and the moment of the status."""
    wb = _glimpse.decode(raw)
    if not wb.srid:
        raise BrokenRow("srid is empty")
    return (wb.srid,), moment(wb.updated_at)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """An order as the feed knows it."""
    wb = _order.decode(raw)
    return (
        wb.srid,
        wb.nm_id,
        moment(wb.created_at),
        wb.status,
        text_or_none(wb.cancel_type),
        moment(wb.updated_at),
        wb.chrt_id,
        wb.is_mp,
        wb.is_b2b,
        money(wb.seller_price),
        text_or_none(wb.destination_city),
        text_or_none(wb.destination_district),
    )


def advance(position: Position, seen: Seen) -> Step:
    """The next page of the snapshot, until one is not full. A page that comes twice ends the pass: nothing moves on."""
    newest = _newest(position["newest"], seen)
    if seen.size < position["limit"]:
        return Step({"watermark": newest}, done=True)
    page = 0
    for raw in seen.rows:
        page = zlib.crc32(raw, page)
    if page == position["page"]:
        return Step({"watermark": position["watermark"]}, done=True)
    following = {
        "newest": newest,
        "snapshot": position["snapshot"] or seen.after,
        "offset": position["offset"] + seen.size,
        "page": page,
    }
    return Step({**position, **following}, done=False)


def _newest(before: str | None, seen: Seen) -> str | None:
    moments: list[datetime] = [*seen.marks, *([datetime.fromisoformat(before)] if before else [])]
    return max(moments).isoformat() if moments else None


def snapshot(values: dict[str, Any], cabinet_id: UUID) -> dict[str, Any]:
    """An order as its event tells it, whether statistics knows of it or not."""
    values["order_id"] = order_id(cabinet_id, values["srid"])
    return orders.snapshot(values, cabinet_id)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """As orders of statistics; one that was never seen is news only if it was placed since the connection.

    The feed goes by the status: an order too old for the first load comes up when its status changes.
    """
    if not orders.is_live(change, connected_at, first_load):
        return False
    return not change.is_new or _told.decode(change.snapshot).ordered_at >= connected_at.replace(microsecond=0)


RESOURCE = Resource(
    name="order_feed",
    method=METHODS["order-feed"],
    table=orders.TABLE,
    event=OrdersUpdatedV1,
    rows="orders",
    refresh=timedelta(minutes=1),
    paging="`offset` within one `snapshotTime`, 10,000 rows",
    overlap="1 h; every hour 24 h",
    begin=begin,
    since=since,
    ask=ask,
    read=read,
    glance=glance,
    parse=parse,
    advance=advance,
    columns=("srid", "nm_id", "ordered_at", *orders.FEED_COLUMNS),
    digest="feed_hash",
    version="status_at",
    dated="status_at",
    history=orders.HISTORY,
    snapshot=snapshot,
    kind=orders.kind,
    is_live=is_live,
    stands_in_for="orders",
)
