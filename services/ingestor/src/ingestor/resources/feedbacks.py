"""Feedbacks. Source: `GET /api/v1/feedbacks` (processed and unprocessed ones) and `GET /api/v1/feedbacks/archive`.

Processed are those that were answered, and those without text and photos, which nobody needs to answer. Of one that
gets answered only the list of processed ones tells: it is swept by the dates on which feedbacks were left. The archive
has, beside those, what nobody answered in 30 days. WB skips 199,990 rows at most; processed feedbacks beyond are found
by their date, older ones of the archive are not.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.feedbacks import FeedbacksUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources import voices
from ingestor.resources.fields import Id, Int, KeyText, NmId, text_or_none
from ingestor.resources.resource import BrokenRow, Key, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moment_or_never

MAX_PAGE_ROWS = 5_000
MAX_SKIP = 199_990

UNANSWERED, ANSWERED, ARCHIVE = "unanswered", "answered", "archive"

TABLE = data_table(
    "feedbacks",
    Column("id", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("nm_id", BigInteger),
    Column("imt_id", BigInteger),
    Column("product_name", Text),
    Column("supplier_article", Text),
    Column("brand", Text),
    Column("size", Text),
    Column("color", Text),
    Column("subject_id", BigInteger),
    Column("subject", Text),
    Column("valuation", Integer),
    Column("text", Text),
    Column("pros", Text),
    Column("cons", Text),
    Column("bables", JSONB, nullable=False),
    Column("photos", JSONB, nullable=False),
    Column("video", JSONB),
    Column("matching_size", Text),
    Column("order_status", Text),
    Column("bought_at", DateTime(timezone=True)),
    Column("shk_id", BigInteger),
    Column("state", Text),
    Column("answer_text", Text),
    Column("answer_state", Text),
    Column("answer_editable", Boolean),
    Column("was_viewed", Boolean),
    Column("parent_id", Text),
    Column("child_id", Text),
)


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    id: KeyText
    created_date: str


class _WbAnswer(msgspec.Struct):
    text: str | None = None
    state: str | None = None
    editable: bool | None = None


class _WbProduct(msgspec.Struct, rename="camel"):
    nm_id: NmId | None = None
    imt_id: Id | None = None
    product_name: str | None = None
    supplier_article: str | None = None
    brand_name: str | None = None
    size: str | None = None


class _WbPhoto(msgspec.Struct, rename="camel"):
    full_size: str | None = None
    mini_size: str | None = None


class _WbVideo(msgspec.Struct, rename="camel"):
    link: str | None = None
    preview_image: str | None = None
    duration_sec: Int | None = None


class _WbFeedback(msgspec.Struct, rename="camel"):
    id: str
    created_date: str
    product_details: _WbProduct | None = None
    text: str | None = None
    pros: str | None = None
    cons: str | None = None
    product_valuation: Int | None = None
    bables: list[str] | None = None
    photo_links: list[_WbPhoto] | None = None
    video: _WbVideo | None = None
    matching_size: str | None = None
    order_status: str | None = None
    last_order_created_at: str | None = None
    last_order_shk_id: Id | None = None
    state: str | None = None
    answer: _WbAnswer | None = None
    was_viewed: bool | None = None
    color: str | None = None
    subject_id: Id | None = None
    subject_name: str | None = None
    parent_feedback_id: str | None = None
    child_feedback_id: str | None = None


class _WbFeedbacks(msgspec.Struct):
    # Required: an answer without it is not one of this method.
    feedbacks: list[msgspec.Raw] | None


class _WbBody(msgspec.Struct):
    data: _WbFeedbacks


_body = msgspec.json.Decoder(_WbBody)
_feedback = msgspec.json.Decoder(_WbFeedback)
_glimpse = msgspec.json.Decoder(_Glimpse)


def begin(cursor: Position | None, start: Start) -> Position:
    """Unprocessed ones each time; those processed and left in the last 30 days in a sweep; once a day all of them."""
    return voices.begin(cursor, start, max_rows=MAX_PAGE_ROWS, lists=(UNANSWERED, ANSWERED, ARCHIVE))


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with feedbacks left since a moment; WB dates no archived ones."""
    return voices.since(at, (UNANSWERED, ANSWERED))


def ask(position: Position) -> dict[str, Any]:
    """A page of the list under way: oldest first, or, where no date leads on, newest first."""
    under_way = position["todo"][0]
    params = {"take": str(position["take"]), "skip": str(under_way["skip"])}
    if under_way["list"] == ARCHIVE:
        return {"method": METHODS["archived-feedbacks"], "params": {**params, "order": "dateDesc"}}
    params |= {"isAnswered": "true" if under_way["list"] == ANSWERED else "false", "order": "dateAsc"}
    if under_way["since"] is not None:
        params["dateFrom"] = str(under_way["since"])
    return {"params": params}


def read(body: bytes) -> Page:
    """Rows under `data.feedbacks`."""
    return Page(_body.decode(body).data.feedbacks or [])


def glance(raw: msgspec.Raw) -> tuple[Key, datetime]:
    """`id`, and when it was left."""
    wb = _glimpse.decode(raw)
    if not wb.id:
        raise BrokenRow("id is empty")
    return (wb.id,), moment(wb.created_date)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A feedback, without the name of who left it."""
    wb = _feedback.decode(raw)
    product, answer = wb.product_details or _WbProduct(), wb.answer or _WbAnswer()
    return (
        wb.id,
        moment(wb.created_date),
        product.nm_id,
        product.imt_id,
        text_or_none(product.product_name),
        text_or_none(product.supplier_article),
        text_or_none(product.brand_name),
        text_or_none(product.size),
        text_or_none(wb.color),
        wb.subject_id,
        text_or_none(wb.subject_name),
        wb.product_valuation,
        text_or_none(wb.text),
        text_or_none(wb.pros),
        text_or_none(wb.cons),
        msgspec.json.encode(wb.bables or []).decode(),
        msgspec.json.encode([_photo(photo) for photo in wb.photo_links or ()]).decode(),
        None if wb.video is None else msgspec.json.encode(_video(wb.video)).decode(),
        text_or_none(wb.matching_size),
        text_or_none(wb.order_status),
        moment_or_never(wb.last_order_created_at),
        wb.last_order_shk_id,
        text_or_none(wb.state),
        text_or_none(answer.text),
        text_or_none(answer.state),
        answer.editable,
        wb.was_viewed,
        text_or_none(wb.parent_feedback_id),
        text_or_none(wb.child_feedback_id),
    )


def _photo(wb: _WbPhoto) -> dict[str, str | None]:
    return {"full_size": text_or_none(wb.full_size), "mini_size": text_or_none(wb.mini_size)}


def _video(wb: _WbVideo) -> dict[str, Any]:
    return {
        "link": text_or_none(wb.link),
        "preview_image": text_or_none(wb.preview_image),
        "duration_seconds": wb.duration_sec,
    }


def advance(position: Position, seen: Seen) -> Step:
    """The next page, or the next list; the archive has no dates to go on by."""
    return voices.advance(position, seen, max_skip=MAX_SKIP, dated=position["todo"][0]["list"] != ARCHIVE)


RESOURCE = Resource(
    name="feedbacks",
    method=METHODS["feedbacks"],
    also=(METHODS["archived-feedbacks"],),
    table=TABLE,
    event=FeedbacksUpdatedV1,
    rows="feedbacks",
    refresh=timedelta(minutes=5),
    paging="`skip`, 5,000 rows; beyond 199,990 by date",
    overlap="all unprocessed; every hour the processed of 30 days; every day all, archived ones too",
    begin=begin,
    since=since,
    ask=ask,
    read=read,
    glance=glance,
    parse=parse,
    advance=advance,
    dated="created_at",
    # The seller's own doing, or only a term that ended.
    unhashed=frozenset({"was_viewed", "answer_editable"}),
    is_live=voices.is_live,
)
