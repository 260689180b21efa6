"""Product cards. Source: `POST /content/v2/get/cards/list`, ascending by `updatedAt` and `nmID`, 100 a page.

The cursor of the last page, sent back verbatim, is the watermark: a later run reads only cards updated since. Cards in
the trash are not listed, so once a day all are read from the first: those not among them are listed no more. A card
that is updated meanwhile moves behind the cursor, so none is missed.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec
from contracts.products import ProductsUpdatedV1
from sqlalchemy import Boolean, Numeric, Text

from ingestor.resources import answers
from ingestor.resources.columns import (
    always,
    columns,
    flag,
    ident,
    json_list,
    key,
    key_reader,
    made,
    moment,
    money,
    parser,
    text,
)
from ingestor.resources.fields import Handle, Id, NmId, number, text_or_none
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
)
from ingestor.resources.table import data_table
from ingestor.wb import times
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 100

_GRAM = Decimal("0.001")


class _WbPhoto(msgspec.Struct):
    c516x688: str | None = None
    big: str | None = None


class _WbSize(msgspec.Struct):
    chrt_id: Id = msgspec.field(name="chrtID")
    tech_size: str | None = msgspec.field(name="techSize", default=None)
    wb_size: str | None = msgspec.field(name="wbSize", default=None)
    skus: list[str] | None = None


def _main_photo(photos: list[_WbPhoto] | None) -> str | None:
    return (photos[0].c516x688 or photos[0].big or None) if photos else None


def _size(wb: _WbSize) -> dict[str, Any]:
    return {
        "chrt_id": wb.chrt_id,
        "tech_size": text_or_none(wb.tech_size),
        "wb_size": text_or_none(wb.wb_size),
        "skus": [sku for sku in map(text_or_none, wb.skus or ()) if sku],
    }


def _weight(kilograms: Decimal | None) -> Decimal | None:
    return number(kilograms, _GRAM) or None


COLUMNS = columns(
    key(ident("nm_id", wb="nmID", kind=NmId)),
    ident("imt_id", wb="imtID"),
    ident("subject_id", wb="subjectID"),
    text("subject", wb="subjectName"),
    text("vendor_code"),
    text("brand"),
    text("title"),
    made("photo", Text, _main_photo, "photos", kind=list[_WbPhoto]),
    json_list("sizes", kind=list[_WbSize], of=_size),
    moment("updated_at", required=True),
    moment("created_at"),
    # A side or weight of 0 is unknown.
    *money("length", "width", "height", within="dimensions."),
    made("weight_brutto", Numeric(18, 3), _weight, "dimensions.weightBrutto", kind=Decimal),
    flag("dimensions_valid", wb="dimensions.isValid"),
    flag("need_kiz"),
    always("is_listed", Boolean, True),
)
TABLE, parse = data_table("products", COLUMNS), parser(COLUMNS)
key_of = key_reader(COLUMNS)


class _WbCursor(msgspec.Struct):
    updated_at: Handle | None = msgspec.field(name="updatedAt", default=None)
    nm_id: Id | None = msgspec.field(name="nmID", default=None)


class _WbTotal(msgspec.Struct):
    total: Id = 0


_cursor = msgspec.json.Decoder(_WbCursor)


def begin(cursor: Position | None, start: Start) -> Position:
    """From where an interrupted reading of all cards stopped; a sweep from the first card; else from the watermark."""
    cursor = cursor or {}
    if "complete" in cursor:
        return cursor
    limit = {"limit": min(MAX_PAGE_ROWS, start.page_rows)}
    at = _place(_WbCursor(cursor.get("updatedAt"), cursor.get("nmID")), start.now + AHEAD)
    if start.sweep or at is None:
        return {**limit, "complete": True}
    return {**cursor, **limit}


def ask(position: Position) -> dict[str, Any]:
    """The next cards in the order of their last update."""
    cursor = {name: position[name] for name in ("limit", "updatedAt", "nmID") if name in position}
    return {"json": {"settings": {"sort": {"ascending": True}, "cursor": cursor, "filter": {"withPhoto": -1}}}}


def read(body: bytes) -> Page:
    """Cards beside the cursor that leads on."""
    listed = answers.listed(body, "cards")
    leads_on = listed.get("cursor", _WbCursor) or _WbCursor()
    return Page(listed.rows, (leads_on, (listed.get("cursor", _WbTotal) or _WbTotal()).total))


def advance(position: Position, seen: Seen) -> Step:
    """On with WB's cursor, or the last card where it has none, until a page is not full or leads no further."""
    cursor, total = seen.after or (_WbCursor(), 0)
    complete = position.get("complete", False) and not seen.broken
    is_last = max(seen.size, total) < position["limit"]
    following = dict(position)
    leading = _leading(position, seen, cursor)
    if leading is not None:
        following |= {"updatedAt": leading.updated_at, "nmID": leading.nm_id}
    if is_last or leading is None:
        following.pop("complete", None)
        return Step(following, done=True, whole=complete and is_last)
    return Step(following | ({"complete": complete} if "complete" in position else {}), done=False)


def _leading(position: Position, seen: Seen, cursor: _WbCursor) -> _WbCursor | None:
    """WB's cursor, or that of the page's last card that can be true, if it is further on than the position."""
    here = _place(_WbCursor(position.get("updatedAt"), position.get("nmID")), seen.latest)
    for leading in chain((cursor,), _cursors(seen.rows)):
        place = _place(leading, seen.latest)
        if place is not None:
            return leading if here is None or place > here else None
    return None


def _place(cursor: _WbCursor, latest: datetime) -> tuple[datetime, str, int] | None:
    """What orders cursors; none for one that is empty, cannot be read, or is later than can be."""
    if not cursor.updated_at or not cursor.nm_id:
        return None
    try:
        at = times.moment(cursor.updated_at)
    except ValueError:
        return None
    # Python keeps six digits of a second's fraction, WB may write more.
    fraction = "".join(filter(str.isdigit, cursor.updated_at.partition(".")[2])).ljust(12, "0")
    return (at, fraction, cursor.nm_id) if at <= latest else None


def _cursors(rows: Sequence[msgspec.Raw]) -> Iterator[_WbCursor]:
    for raw in reversed(rows):
        with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            yield _cursor.decode(raw)


def kind(change: Change) -> str:
    """A card that is listed no more is a changed one, as its `is_listed` says."""
    return "new" if change.is_new else "changed"


RESOURCE = Resource(
    name="products",
    method=METHODS["cards"],
    refresh=timedelta(minutes=10),
    reading=Reading(
        paging="cursor `updatedAt` + `nmID`, 100 rows",
        overlap="none: the cursor is exact; every day all cards",
        sweep=timedelta(days=1),
        begin=begin,
        ask=ask,
        read=read,
        advance=advance,
    ),
    storage=Storage(
        table=TABLE,
        key_of=key_of,
        parse=parse,
        version="updated_at",
        untracked=frozenset({"updated_at"}),
        when_gone={"is_listed": False},
    ),
    publishing=Publishing(
        event=ProductsUpdatedV1,
        rows="products",
        kind=kind,
    ),
)
