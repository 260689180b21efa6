"""Orders by their status. Source: `POST /api/analytics/v1/order-feed` (analytics), newest status first, 31 days back.

The second source of `orders`, read beside statistics (ADR 0046). All pages of a pass are of one snapshot, that of the
first. The feed names neither barcode nor article nor size, and of the prices only the seller's.
"""

import zlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from contracts.orders import OrdersUpdatedV1, order_id

from ingestor.resources import answers, orders
from ingestor.resources.columns import key_reader, names, parser
from ingestor.resources.fields import Handle
from ingestor.resources.resource import (
    AHEAD,
    Change,
    Page,
    Position,
    Publishing,
    Reading,
    Resource,
    Seen,
    Start,
    Step,
    Storage,
    Stretch,
    Within,
)
from ingestor.resources.stretches import kept_for, windows_of
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 10_000
MAX_ROWS = 50_000_000
"""More orders than any shop gets in 31 days: a pass ends even if WB takes no notice of `offset`."""

REACH = timedelta(days=31) - timedelta(hours=1)
"""WB refuses a period that begins more than 31 days ago; the rest of the last hour is for the call to get there."""

NEWEST = timedelta(days=1)
"""What a first load reads at least before news are read."""

OVERLAP = timedelta(hours=1)
SWEEP = timedelta(hours=24)

_SECOND = timedelta(seconds=1)

STALE = timedelta(days=2)
"""A pass that began so long ago begins anew: WB does not say how long it keeps a snapshot."""


class _Told(msgspec.Struct):
    ordered_at: datetime


_NONE = msgspec.Raw(b"null")
_told = msgspec.json.Decoder(_Told)
parse = parser(orders.FEED_COLUMNS)
key_of = key_reader(orders.FEED_COLUMNS, mark="status_at")


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
    since = start.now - start.depth(REACH, NEWEST)
    if watermark is not None:
        at = min(datetime.fromisoformat(watermark), start.now)
        watermark = at.isoformat()
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


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of the statuses of a stretch begins."""
    since, until = max(stretch[0], start.now - REACH), min(stretch[1], start.now)
    return {**begin(None, start), "since": since.isoformat(), "until": max(since, until).isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """Orders whose status is of the period, from an offset on; after the first page as the first one's snapshot."""
    pagination = {"offset": position["offset"], "limit": position["limit"]}
    if position["snapshot"] is not None:
        pagination["snapshotTime"] = position["snapshot"]
    period = {"start": position["since"]}
    if "until" in position:
        period["end"] = position["until"]
    return {"json": {"selectedPeriod": period, "pagination": pagination}}


def read(body: bytes) -> Page:
    """Orders, each with the currency that is stated once for all, beside the time of the snapshot they are of."""
    listed = answers.listed(body, "data", "orders")
    currency = listed.beside.get("currency", _NONE)
    return Page([_with_currency(raw, currency) for raw in listed.rows], listed.get("snapshotTime", Handle) or None)


def _with_currency(raw: msgspec.Raw, currency: msgspec.Raw) -> msgspec.Raw:
    row = bytes(raw).lstrip()
    if not row.startswith(b"{") or bytes(currency) == b"null":
        return raw
    # Behind the row's own fields, so that one which WB may put there itself gives way.
    separator = b"" if row[1:].lstrip().startswith(b"}") else b","
    return msgspec.Raw(b'%b%b"currency":%b}' % (row.rstrip()[:-1].rstrip(), separator, currency))


def advance(position: Position, seen: Seen) -> Step:
    """The next page of the snapshot, until one is not full. A page that comes twice ends the pass: nothing moves on."""
    newest = _newest(position["newest"], seen)
    if seen.size < position["limit"]:
        return Step({"watermark": newest}, done=True)
    page = 0
    for raw in seen.rows:
        page = zlib.crc32(raw, page)
    if page == position["page"] or position["offset"] + seen.size > MAX_ROWS:
        return Step({"watermark": position["watermark"]}, done=True)
    following = {
        "newest": newest,
        "snapshot": position["snapshot"] or seen.after,
        "offset": position["offset"] + seen.size,
        "page": page,
    }
    return Step({**position, **following}, done=False)


def again(position: Position, seen: Seen) -> Position:
    """The time of the page's statuses: an offset says nothing once its snapshot is gone."""
    marks = [mark for mark in seen.marks if mark <= seen.latest]
    is_last, is_first = seen.size < position["limit"], position["offset"] == 0
    since = position["since"] if is_last or not marks else (min(marks) - _SECOND).isoformat()
    until = seen.latest - AHEAD if is_first or not marks else max(marks) + _SECOND
    return {"since": since, "until": until.isoformat(), "snapshot": None, "offset": 0, "limit": position["limit"]}


def _newest(before: str | None, seen: Seen) -> str | None:
    # What is later than now would stand for all that comes until then.
    marks = [mark for mark in seen.marks if mark <= seen.latest]
    moments: list[datetime] = [*marks, *([datetime.fromisoformat(before)] if before else [])]
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
    refresh=timedelta(minutes=1),
    comes_first=True,
    reading=Reading(
        paging="`offset` within one `snapshotTime`, 10,000 rows",
        overlap="1 h; every hour 24 h",
        begin=begin,
        renewed=frozenset({"since"}),
        since=since,
        ask=ask,
        read=read,
        advance=advance,
        again=again,
        within=Within(
            cut=windows_of(REACH), position=within, earliest=kept_for(REACH), first_load=REACH, newest=NEWEST
        ),
    ),
    storage=Storage(
        table=orders.TABLE,
        key_of=key_of,
        parse=parse,
        columns=names(orders.FEED_COLUMNS),
        digest="feed_hash",
        yields=dict.fromkeys(("nm_id", "ordered_at"), orders.RESOURCE.storage.digest),
        version="status_at",
        event_time="status_at",
        history=orders.HISTORY,
    ),
    publishing=Publishing(
        event=OrdersUpdatedV1,
        rows="orders",
        snapshot=snapshot,
        earlier=orders.earlier,
        kind=orders.kind,
        completes=orders.completes,
        is_live=is_live,
        in_sellers_currency=True,
        states_currency=True,
    ),
    completes="orders",
    codes=frozenset({"status", "cancelType"}),
)
