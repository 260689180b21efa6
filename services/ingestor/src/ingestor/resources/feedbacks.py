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
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources import answers, message_lists
from ingestor.resources.columns import (
    columns,
    flag,
    ident,
    json_list,
    key,
    key_reader,
    made,
    moment,
    parser,
    text,
    whole,
)
from ingestor.resources.fields import Int, NmId, text_or_none
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

MAX_PAGE_ROWS = 5_000
MAX_SKIP = 199_990

UNANSWERED, ANSWERED, ARCHIVE = "unanswered", "answered", "archive"


class _WbPhoto(msgspec.Struct, rename="camel"):
    full_size: str | None = None
    mini_size: str | None = None


class _WbVideo(msgspec.Struct, rename="camel"):
    link: str | None = None
    preview_image: str | None = None
    duration_sec: Int | None = None


def _photo(wb: _WbPhoto) -> dict[str, str | None]:
    return {"full_size": text_or_none(wb.full_size), "mini_size": text_or_none(wb.mini_size)}


def _video(wb: _WbVideo | None) -> str | None:
    if wb is None:
        return None
    video = {
        "link": text_or_none(wb.link),
        "preview_image": text_or_none(wb.preview_image),
        "duration_seconds": wb.duration_sec,
    }
    return msgspec.json.encode(video).decode()


COLUMNS = columns(
    # Who left it is not read.
    key(text("id")),
    moment("created_at", wb="createdDate", required=True),
    ident("nm_id", wb="productDetails.nmId", kind=NmId),
    ident("imt_id", wb="productDetails.imtId"),
    text("product_name", wb="productDetails.productName"),
    text("supplier_article", wb="productDetails.supplierArticle"),
    text("brand", wb="productDetails.brandName"),
    text("size", wb="productDetails.size"),
    text("color"),
    ident("subject_id"),
    text("subject", wb="subjectName"),
    whole("valuation", wb="productValuation"),
    text("text"),
    text("pros"),
    text("cons"),
    json_list("bables"),
    json_list("photos", wb="photoLinks", kind=list[_WbPhoto], of=_photo),
    made("video", JSONB, _video, "video", kind=_WbVideo),
    text("matching_size"),
    text("order_status"),
    moment("bought_at", wb="lastOrderCreatedAt"),
    ident("shk_id", wb="lastOrderShkId"),
    text("state"),
    text("answer_text", wb="answer.text"),
    text("answer_state", wb="answer.state"),
    flag("answer_editable", wb="answer.editable"),
    flag("was_viewed"),
    text("parent_id", wb="parentFeedbackId"),
    text("child_id", wb="childFeedbackId"),
)
TABLE, parse = data_table("feedbacks", COLUMNS), parser(COLUMNS)
key_of = key_reader(COLUMNS, mark="created_at")


def begin(cursor: Position | None, start: Start) -> Position:
    """Unprocessed ones each time; those processed and left in the last 30 days in a sweep; once a day all of them."""
    return message_lists.begin(cursor, start, max_rows=MAX_PAGE_ROWS, lists=(UNANSWERED, ANSWERED, ARCHIVE))


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with feedbacks left since a moment; WB dates no archived ones."""
    return message_lists.since(at, (UNANSWERED, ANSWERED))


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of what was left in a stretch begins; WB dates no archived ones."""
    return message_lists.within(stretch, start, max_rows=MAX_PAGE_ROWS, lists=(UNANSWERED, ANSWERED))


def ask(position: Position) -> dict[str, Any]:
    """A page of the list under way: oldest first, or, where no date leads on, newest first."""
    under_way = position["todo"][0]
    params = {"take": str(position["take"]), "skip": str(under_way["skip"])}
    if under_way["list"] == ARCHIVE:
        return {"method": METHODS["archived-feedbacks"], "params": {**params, "order": "dateDesc"}}
    params |= {"isAnswered": "true" if under_way["list"] == ANSWERED else "false", "order": "dateAsc"}
    params |= message_lists.dates(under_way)
    return {"params": params}


def read(body: bytes) -> Page:
    """Rows under `data.feedbacks`."""
    return Page(answers.rows(body, "data", "feedbacks"))


def advance(position: Position, seen: Seen) -> Step:
    """The next page, or the next list; the archive has no dates to go on by."""
    return message_lists.advance(position, seen, max_skip=MAX_SKIP, dated=position["todo"][0]["list"] != ARCHIVE)


RESOURCE = Resource(
    name="feedbacks",
    method=METHODS["feedbacks"],
    refresh=timedelta(minutes=5),
    comes_first=True,
    reading=Reading(
        also=(METHODS["archived-feedbacks"],),
        paging="`skip`, 5,000 rows; beyond 199,990 by date",
        overlap="all unprocessed; every hour the processed of 30 days; every day all, archived ones too",
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
        # The seller's own doing, or only a term that ended.
        untracked=frozenset({"was_viewed", "answer_editable"}),
    ),
    publishing=Publishing(
        event=FeedbacksUpdatedV1,
        rows="feedbacks",
        is_live=message_lists.is_live,
    ),
    codes=frozenset({"orderStatus", "state", "matchingSize", "answer.state"}),
)
