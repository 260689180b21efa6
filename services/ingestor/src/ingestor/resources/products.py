"""Product cards. Source: `POST /content/v2/get/cards/list`, ascending by `updatedAt` and `nmID`, 100 a page.

The cursor of the last page, sent back verbatim, is the watermark: a later run reads only cards updated since. Cards in
the trash are not listed, so once a day all are read from the first: those not among them are listed no more. A card
that is updated meanwhile moves behind the cursor, so none is missed.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.products import ProductsUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources.fields import Handle, Id, NmId, money, number, text_or_none
from ingestor.resources.resource import Change, Key, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moment_or_never

MAX_PAGE_ROWS = 100

_GRAM = Decimal("0.001")

TABLE = data_table(
    "products",
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("imt_id", BigInteger),
    Column("subject_id", BigInteger),
    Column("subject", Text),
    Column("vendor_code", Text),
    Column("brand", Text),
    Column("title", Text),
    Column("photo", Text),
    Column("sizes", JSONB, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True)),
    Column("length", Numeric(18, 2)),
    Column("width", Numeric(18, 2)),
    Column("height", Numeric(18, 2)),
    Column("weight_brutto", Numeric(18, 3)),
    Column("dimensions_valid", Boolean),
    Column("need_kiz", Boolean),
    Column("is_listed", Boolean),
)


class _WbPhoto(msgspec.Struct):
    c516x688: str | None = None
    big: str | None = None


class _WbSize(msgspec.Struct):
    chrt_id: Id = msgspec.field(name="chrtID")
    tech_size: str | None = msgspec.field(name="techSize", default=None)
    wb_size: str | None = msgspec.field(name="wbSize", default=None)
    skus: list[str] | None = None


class _WbDimensions(msgspec.Struct, rename="camel"):
    length: Decimal | None = None
    width: Decimal | None = None
    height: Decimal | None = None
    weight_brutto: Decimal | None = None
    is_valid: bool | None = None


class _Glimpse(msgspec.Struct):
    nm_id: NmId = msgspec.field(name="nmID")


class _WbCard(msgspec.Struct, rename="camel"):
    updated_at: str
    nm_id: NmId = msgspec.field(name="nmID")
    imt_id: Id | None = msgspec.field(name="imtID", default=None)
    subject_id: Id | None = msgspec.field(name="subjectID", default=None)
    subject_name: str | None = None
    vendor_code: str | None = None
    brand: str | None = None
    title: str | None = None
    photos: list[_WbPhoto] | None = None
    sizes: list[_WbSize] | None = None
    created_at: str | None = None
    dimensions: _WbDimensions | None = None
    need_kiz: bool | None = None


class _WbCursor(msgspec.Struct):
    total: int
    updated_at: Handle | None = msgspec.field(name="updatedAt", default=None)
    nm_id: int | None = msgspec.field(name="nmID", default=None)


class _WbAnswer(msgspec.Struct):
    cursor: _WbCursor
    cards: list[msgspec.Raw] | None = None


_answer = msgspec.json.Decoder(_WbAnswer)
_card = msgspec.json.Decoder(_WbCard)
_glimpse = msgspec.json.Decoder(_Glimpse)


def begin(cursor: Position | None, start: Start) -> Position:
    """From where an interrupted reading of all cards stopped; a sweep from the first card; else from the watermark."""
    cursor = cursor or {}
    if "complete" in cursor:
        return cursor
    limit = {"limit": min(MAX_PAGE_ROWS, start.page_rows)}
    if start.sweep or "updatedAt" not in cursor:
        return {**limit, "complete": True}
    return {**cursor, **limit}


def ask(position: Position) -> dict[str, Any]:
    """The next cards in the order of their last update."""
    cursor = {name: position[name] for name in ("limit", "updatedAt", "nmID") if name in position}
    return {"json": {"settings": {"sort": {"ascending": True}, "cursor": cursor, "filter": {"withPhoto": -1}}}}


def read(body: bytes) -> Page:
    """Cards beside the cursor that leads on."""
    answer = _answer.decode(body)
    return Page(answer.cards or [], answer.cursor)


def glance(raw: msgspec.Raw) -> tuple[Key, None]:
    """`nmID`, so that a card of which nothing else can be read is not taken for one that is listed no more."""
    return (_glimpse.decode(raw).nm_id,), None


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A card; its main photo is the first. A side or weight of 0 is unknown."""
    wb = _card.decode(raw)
    box = wb.dimensions or _WbDimensions()
    photo = wb.photos[0] if wb.photos else _WbPhoto()
    return (
        wb.nm_id,
        wb.imt_id,
        wb.subject_id,
        text_or_none(wb.subject_name),
        text_or_none(wb.vendor_code),
        text_or_none(wb.brand),
        text_or_none(wb.title),
        text_or_none(photo.c516x688 or photo.big),
        msgspec.json.encode([_size(size) for size in wb.sizes or ()]).decode(),
        moment(wb.updated_at),
        moment_or_never(wb.created_at),
        money(box.length),
        money(box.width),
        money(box.height),
        number(box.weight_brutto, _GRAM) or None,
        box.is_valid,
        wb.need_kiz,
        True,
    )


def _size(wb: _WbSize) -> dict[str, Any]:
    return {
        "chrt_id": wb.chrt_id,
        "tech_size": text_or_none(wb.tech_size),
        "wb_size": text_or_none(wb.wb_size),
        "skus": [sku for sku in map(text_or_none, wb.skus or ()) if sku],
    }


def advance(position: Position, seen: Seen) -> Step:
    """On with WB's cursor until a page is not full, or the cursor stands still."""
    cursor: _WbCursor = seen.after
    complete = position.get("complete", False) and not seen.broken
    following = dict(position)
    # Absent, empty or zero beside no cards: it must not take the watermark's place.
    if cursor.updated_at and cursor.nm_id:
        following |= {"updatedAt": cursor.updated_at, "nmID": cursor.nm_id}
    is_last = cursor.total < position["limit"]
    if is_last or following == position:
        following.pop("complete", None)
        return Step(following, done=True, whole=complete and is_last)
    return Step(following | ({"complete": complete} if "complete" in position else {}), done=False)


def kind(change: Change) -> str:
    """A card that is listed no more is a changed one, as its `is_listed` says."""
    return "new" if change.is_new else "changed"


RESOURCE = Resource(
    name="products",
    method=METHODS["cards"],
    table=TABLE,
    event=ProductsUpdatedV1,
    rows="products",
    refresh=timedelta(minutes=10),
    paging="cursor `updatedAt` + `nmID`, 100 rows",
    overlap="none: the cursor is exact; every day all cards",
    sweep=timedelta(days=1),
    begin=begin,
    ask=ask,
    read=read,
    glance=glance,
    parse=parse,
    advance=advance,
    version="updated_at",
    unhashed=frozenset({"updated_at"}),
    emptied={"is_listed": False},
    kind=kind,
)
