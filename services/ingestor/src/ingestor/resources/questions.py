"""Questions. Source: `GET /api/v1/questions`, answered and unanswered ones.

WB counts `take` and `skip` together to 10,000 at most; what is beyond is found by its date.
"""

from datetime import datetime, timedelta
from typing import Any

from contracts.questions import QuestionsUpdatedV1

from ingestor.resources import answers, message_lists
from ingestor.resources.columns import columns, flag, ident, key, key_reader, moment, parser, text
from ingestor.resources.fields import NmId
from ingestor.resources.resource import (
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
from ingestor.resources.stretches import kept_since, windows_of
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

MAX_ROWS = 10_000
"""`take` + `skip`."""

UNANSWERED, ANSWERED = "unanswered", "answered"

COLUMNS = columns(
    # WB does not say who asks.
    key(text("id")),
    moment("created_at", wb="createdDate", required=True),
    ident("nm_id", wb="productDetails.nmId", kind=NmId),
    ident("imt_id", wb="productDetails.imtId"),
    text("product_name", wb="productDetails.productName"),
    text("supplier_article", wb="productDetails.supplierArticle"),
    text("brand", wb="productDetails.brandName"),
    text("text"),
    text("state"),
    text("answer_text", wb="answer.text"),
    moment("answered_at", wb="answer.createDate"),
    flag("answer_editable", wb="answer.editable"),
    flag("was_viewed"),
    flag("is_warned"),
)
TABLE, parse = data_table("questions", COLUMNS), parser(COLUMNS)
key_of = key_reader(COLUMNS, mark="created_at")


def begin(cursor: Position | None, start: Start) -> Position:
    """Unanswered ones each time; those answered and asked in the last 30 days in a sweep; once a day all of them."""
    return message_lists.begin(cursor, start, max_rows=MAX_ROWS, lists=(UNANSWERED, ANSWERED))


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with the questions asked since a moment."""
    return message_lists.since(at, (UNANSWERED, ANSWERED))


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of the questions asked in a stretch begins."""
    return message_lists.within(stretch, start, max_rows=MAX_ROWS, lists=(UNANSWERED, ANSWERED))


def ask(position: Position) -> dict[str, Any]:
    """A page of the list under way, oldest first."""
    under_way = position["todo"][0]
    params = {
        "isAnswered": "true" if under_way["list"] == ANSWERED else "false",
        "take": str(position["take"]),
        "skip": str(under_way["skip"]),
        "order": "dateAsc",
    }
    params |= message_lists.dates(under_way)
    return {"params": params}


def read(body: bytes) -> Page:
    """Rows under `data.questions`."""
    return Page(answers.rows(body, "data", "questions"))


def advance(position: Position, seen: Seen) -> Step:
    """The next page, or the next list."""
    return message_lists.advance(position, seen, max_skip=MAX_ROWS - position["take"], dated=True)


RESOURCE = Resource(
    name="questions",
    method=METHODS["questions"],
    refresh=timedelta(minutes=5),
    comes_first=True,
    reading=Reading(
        paging="`skip`, 10,000 rows; beyond by date",
        overlap="all unanswered; every hour the answered of 30 days; every day all",
        begin=begin,
        renewed=message_lists.POLLED,
        since=since,
        ask=ask,
        read=read,
        advance=advance,
        within=Within(
            cut=windows_of(message_lists.WINDOW), position=within, earliest=kept_since(message_lists.FIRST_DAY)
        ),
    ),
    storage=Storage(
        table=TABLE,
        key_of=key_of,
        parse=parse,
        event_time="created_at",
        untracked=frozenset({"was_viewed", "answer_editable"}),
    ),
    publishing=Publishing(
        event=QuestionsUpdatedV1,
        rows="questions",
        is_live=message_lists.is_live,
    ),
    codes=frozenset({"state"}),
)
