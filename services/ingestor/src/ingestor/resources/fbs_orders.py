"""FBS tasks. Source: `GET /api/v3/orders` (marketplace): by the time they were created, 1000 a page, 3 months back.

One call reaches over 30 days at most, so a long time is read window by window. Tasks come without their status, which
`fbs_statuses` asks for; what only new tasks tell comes from `fbs_new_orders`, which also sees them first. A task is put
into a supply, and its price at acceptance is known, days after it was created: sweeps reach back that far.
Addresses and comments of buyers are not read.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.fbs import FbsOrdersUpdatedV1
from sqlalchemy import BigInteger, Column, Index
from sqlalchemy import text as sql

from ingestor.resources import answers, batches
from ingestor.resources.columns import (
    columns,
    flag,
    hundredths,
    ident,
    json_list,
    key,
    moment,
    names,
    parser,
    text,
    whole,
)
from ingestor.resources.fields import Id, NmId
from ingestor.resources.resource import (
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
    same_page,
    since_connected,
)
from ingestor.resources.stretches import kept_for, windows_of
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 1_000

KEPT_BY_WB = timedelta(days=89)
"""WB gives tasks of the last three months; the shortest three have 89 days."""

WINDOW_DAYS = 29
"""30 calendar days are allowed; 30 times 24 hours touch 31."""

_DAY = 86_400

OF_WINDOW: Position = {"next": 0, "passed": []}
"""Where a window begins; `passed` are the numbers that led on in it: one that comes again leads nowhere."""

OVERLAP = timedelta(hours=1)
SWEEP = timedelta(days=7)

STALE = timedelta(days=1)
"""A reading that was interrupted so long ago begins anew: its windows may be out of WB's reach."""

OPEN = (
    "coalesce(wb_status, '') NOT IN "
    "('sold', 'canceled', 'canceled_by_client', 'declined_by_client', 'defect', 'canceled_by_carrier')"
)
"""SQL that a task may still change its status; it may by a status that is not known here, too."""

SHARED_COLUMNS = columns(
    key(ident("fbs_order_id", wb="id")),
    text("srid", wb="rid"),
    text("order_uid"),
    moment("created_at", required=True),
    ident("nm_id", kind=NmId, required=True),
    ident("chrt_id"),
    text("article"),
    json_list("skus"),
    ident("warehouse_id"),
    ident("office_id"),
    json_list("offices"),
    text("delivery_type"),
    whole("cargo_type"),
    whole("cross_border_type"),
    hundredths("price"),
    hundredths("converted_price"),
    whole("currency_code"),
    whole("converted_currency_code"),
    flag("is_zero_order"),
    flag("is_b2b", wb="options.isB2B"),
)
"""Columns that both lists of tasks give."""

COLUMNS = columns(*SHARED_COLUMNS, text("supply_id"), hundredths("scan_price", kind=Decimal))
NEW_COLUMNS = columns(
    *SHARED_COLUMNS,
    hundredths("sale_price"),
    hundredths("final_price"),
    hundredths("converted_final_price"),
    json_list("required_meta", nullable=True),
)
"""What `fbs_new_orders` gives."""

STATUS_COLUMNS = columns(
    key(ident("fbs_order_id", wb="id")),
    text("supplier_status"),
    text("wb_status"),
    flag("is_cancellable"),
    flag("is_transferable"),
)
"""What `fbs_statuses` gives."""

TABLE = data_table(
    "fbs_orders",
    COLUMNS,
    NEW_COLUMNS,
    STATUS_COLUMNS,
    Column("new_hash", BigInteger),
    Column("status_hash", BigInteger),
    Index("fbs_orders_open", "cabinet_id", "fbs_order_id", postgresql_where=sql(OPEN)),
)
parse = parser(COLUMNS)


def begin(cursor: Position | None, start: Start) -> Position:
    """Where an interrupted reading stopped, else from a little before the last one; a sweep from a week before it."""
    cursor = cursor or {}
    if "next" in cursor and (cursor["thorough"] or not start.sweep) and start.now - _at(cursor["until"]) < STALE:
        return cursor
    watermark, until = cursor.get("watermark"), int(start.now.timestamp())
    newest = timedelta(days=WINDOW_DAYS)
    since = start.now - start.depth(KEPT_BY_WB, newest)
    if watermark is not None:
        since = max(since, min(_at(watermark), start.now) - (SWEEP if start.sweep else OVERLAP))
    return {
        "watermark": watermark,
        "since": int(since.timestamp()),
        "until": until,
        **OF_WINDOW,
        "limit": min(MAX_PAGE_ROWS, start.page_rows),
        "thorough": start.sweep or watermark is None,
    }


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with tasks created since a moment."""
    return {"since": int(at.timestamp())}


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of the tasks created in a stretch begins."""
    since, until = (int(at.timestamp()) for at in stretch)
    return {**begin(None, start), "since": since, "until": min(until, int(start.now.timestamp()))}


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
    listed = answers.listed(body, "orders")
    return Page(listed.rows, listed.get("next", Id))


def advance(position: Position, seen: Seen) -> Step:
    """On with WB's number to the last page of a window, which is not full or leads nowhere; then the next window."""
    following, passed = seen.after, [*position.get("passed", ()), position["next"]]
    if seen.size >= position["limit"] and following and following not in passed:
        return Step({**position, "next": following, "passed": passed}, done=False)
    end = _window_end(position)
    if end < position["until"]:
        return Step({**position, **OF_WINDOW, "since": end}, done=False)
    return Step({"watermark": position["until"]}, done=True)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """New tasks are news by the time they were created; what one list adds to the other is none."""
    if change.is_new:
        return since_connected(change, connected_at, first_load)
    return not change.first_from_source and not first_load


def _window_end(position: Position) -> int:
    end: int = min(position["since"] + batches.size(position, WINDOW_DAYS) * _DAY, position["until"])
    return end


def parts(position: Position) -> list[str]:
    """The days (UTC) of the window under way; each is the 24 hours from the time of day at which the window begins."""
    since = range(position["since"], max(_window_end(position), position["since"] + 1), _DAY)
    return [_at(unix_seconds).date().isoformat() for unix_seconds in since]


def _at(unix_seconds: int) -> datetime:
    return datetime.fromtimestamp(unix_seconds, UTC)


RESOURCE = Resource(
    name="fbs_orders",
    method=METHODS["fbs-orders"],
    refresh=timedelta(minutes=10),
    reading=Reading(
        paging="windows of 29 days by creation, `next`, 1000 rows",
        overlap="1 h; every hour 7 days",
        begin=begin,
        since=since,
        parts=parts,
        of_part=OF_WINDOW,
        ask=ask,
        read=read,
        advance=advance,
        again=same_page,
        within=Within(
            cut=windows_of(timedelta(days=WINDOW_DAYS)),
            position=within,
            earliest=kept_for(KEPT_BY_WB),
            first_load=KEPT_BY_WB,
            newest=timedelta(days=WINDOW_DAYS),
        ),
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
        columns=names(COLUMNS),
        event_time="created_at",
    ),
    publishing=Publishing(
        event=FbsOrdersUpdatedV1,
        rows="fbs_orders",
        is_live=is_live,
    ),
    codes=frozenset({"deliveryType", "cargoType", "crossBorderType"}),
)
