"""Questions. Source: `GET /api/v1/questions`, answered and unanswered ones.

WB counts `take` and `skip` together to 10,000 at most; what is beyond is found by its date.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.questions import QuestionsUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Text

from ingestor.resources import voices
from ingestor.resources.fields import Id, KeyText, NmId, text_or_none
from ingestor.resources.resource import BrokenRow, Key, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moment_or_never

MAX_ROWS = 10_000
"""`take` + `skip`."""

UNANSWERED, ANSWERED = "unanswered", "answered"

TABLE = data_table(
    "questions",
    Column("id", Text, primary_key=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("nm_id", BigInteger),
    Column("imt_id", BigInteger),
    Column("product_name", Text),
    Column("supplier_article", Text),
    Column("brand", Text),
    Column("text", Text),
    Column("state", Text),
    Column("answer_text", Text),
    Column("answered_at", DateTime(timezone=True)),
    Column("answer_editable", Boolean),
    Column("was_viewed", Boolean),
    Column("is_warned", Boolean),
)


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    id: KeyText
    created_date: str


class _WbAnswer(msgspec.Struct, rename="camel"):
    text: str | None = None
    create_date: str | None = None
    editable: bool | None = None


class _WbProduct(msgspec.Struct, rename="camel"):
    nm_id: NmId | None = None
    imt_id: Id | None = None
    product_name: str | None = None
    supplier_article: str | None = None
    brand_name: str | None = None


class _WbQuestion(msgspec.Struct, rename="camel"):
    id: str
    created_date: str
    text: str | None = None
    state: str | None = None
    answer: _WbAnswer | None = None
    product_details: _WbProduct | None = None
    was_viewed: bool | None = None
    is_warned: bool | None = None


class _WbQuestions(msgspec.Struct):
    # Required: an answer without it is not one of this method.
    questions: list[msgspec.Raw] | None


class _WbBody(msgspec.Struct):
    data: _WbQuestions


_body = msgspec.json.Decoder(_WbBody)
_question = msgspec.json.Decoder(_WbQuestion)
_glimpse = msgspec.json.Decoder(_Glimpse)


def begin(cursor: Position | None, start: Start) -> Position:
    """Unanswered ones each time; those answered and asked in the last 30 days in a sweep; once a day all of them."""
    return voices.begin(cursor, start, max_rows=MAX_ROWS, lists=(UNANSWERED, ANSWERED))


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with the questions asked since a moment."""
    return voices.since(at, (UNANSWERED, ANSWERED))


def ask(position: Position) -> dict[str, Any]:
    """A page of the list under way, oldest first."""
    under_way = position["todo"][0]
    params = {
        "isAnswered": "true" if under_way["list"] == ANSWERED else "false",
        "take": str(position["take"]),
        "skip": str(under_way["skip"]),
        "order": "dateAsc",
    }
    if under_way["since"] is not None:
        params["dateFrom"] = str(under_way["since"])
    return {"params": params}


def read(body: bytes) -> Page:
    """Rows under `data.questions`."""
    return Page(_body.decode(body).data.questions or [])


def glance(raw: msgspec.Raw) -> tuple[Key, datetime]:
    """`id`, and when it was asked."""
    wb = _glimpse.decode(raw)
    if not wb.id:
        raise BrokenRow("id is empty")
    return (wb.id,), moment(wb.created_date)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A question with its answer; WB does not say who asks."""
    wb = _question.decode(raw)
    product, answer = wb.product_details or _WbProduct(), wb.answer or _WbAnswer()
    return (
        wb.id,
        moment(wb.created_date),
        product.nm_id,
        product.imt_id,
        text_or_none(product.product_name),
        text_or_none(product.supplier_article),
        text_or_none(product.brand_name),
        text_or_none(wb.text),
        text_or_none(wb.state),
        text_or_none(answer.text),
        moment_or_never(answer.create_date),
        answer.editable,
        wb.was_viewed,
        wb.is_warned,
    )


def advance(position: Position, seen: Seen) -> Step:
    """The next page, or the next list."""
    return voices.advance(position, seen, max_skip=MAX_ROWS - position["take"], dated=True)


RESOURCE = Resource(
    name="questions",
    method=METHODS["questions"],
    table=TABLE,
    event=QuestionsUpdatedV1,
    rows="questions",
    refresh=timedelta(minutes=5),
    paging="`skip`, 10,000 rows; beyond by date",
    overlap="all unanswered; every hour the answered of 30 days; every day all",
    begin=begin,
    since=since,
    ask=ask,
    read=read,
    glance=glance,
    parse=parse,
    advance=advance,
    dated="created_at",
    unhashed=frozenset({"was_viewed", "answer_editable"}),
    is_live=voices.is_live,
)
