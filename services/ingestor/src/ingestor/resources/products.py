"""Product cards. Source: `POST /content/v2/get/cards/list`, ascending by `updatedAt` and `nmID`, 100 a page.

The cursor of the last page, sent back verbatim, is the watermark: a later run reads only cards updated since.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.products import ProductsUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources.fields import Id, NmId, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment

MAX_PAGE_ROWS = 100

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
)


class _WbPhoto(msgspec.Struct):
    c516x688: str | None = None
    big: str | None = None


class _WbSize(msgspec.Struct):
    chrt_id: Id = msgspec.field(name="chrtID")
    tech_size: str | None = msgspec.field(name="techSize", default=None)
    wb_size: str | None = msgspec.field(name="wbSize", default=None)
    skus: list[str] | None = None


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


class _WbCursor(msgspec.Struct):
    total: int
    updated_at: str | None = msgspec.field(name="updatedAt", default=None)
    nm_id: int | None = msgspec.field(name="nmID", default=None)


class _WbAnswer(msgspec.Struct):
    cursor: _WbCursor
    cards: list[msgspec.Raw] | None = None


_answer = msgspec.json.Decoder(_WbAnswer)
_card = msgspec.json.Decoder(_WbCard)


def begin(cursor: Position | None, start: Start) -> Position:
    """From the watermark."""
    return {**(cursor or {}), "limit": min(MAX_PAGE_ROWS, start.page_rows)}


def ask(position: Position) -> dict[str, Any]:
    """The next cards in the order of their last update."""
    settings = {"sort": {"ascending": True}, "cursor": position, "filter": {"withPhoto": -1}}
    return {"json": {"settings": settings}}


def read(body: bytes) -> Page:
    """Cards beside the cursor that leads on."""
    answer = _answer.decode(body)
    return Page(answer.cards or [], answer.cursor)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A card; its main photo is the first."""
    wb = _card.decode(raw)
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
    if not cursor.updated_at or not cursor.nm_id:
        # Absent, empty or zero beside no cards: it must not take the watermark's place.
        return Step(position, done=True)
    following = {**position, "updatedAt": cursor.updated_at, "nmID": cursor.nm_id}
    return Step(following, done=cursor.total < position["limit"] or following == position)


RESOURCE = Resource(
    name="products",
    method=METHODS["cards"],
    table=TABLE,
    event=ProductsUpdatedV1,
    rows="products",
    refresh=timedelta(minutes=10),
    paging="cursor `updatedAt` + `nmID`, 100 rows",
    overlap="none: the cursor is exact",
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    version="updated_at",
    unhashed=frozenset({"updated_at"}),
)
