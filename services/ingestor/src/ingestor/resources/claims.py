"""Buyers' claims for a return. Source: `GET /api/v1/claims`, under consideration and archived, of the last 14 days.

All of them are read each time. One that WB does not list any more is only older than 14 days: it stays as it was.
Times have no offset and mean Moscow. WB's check of a phone's IMEI is not read: it tells both numbers.
"""

from datetime import datetime, timedelta
from typing import Any

from contracts.claims import ClaimsUpdatedV1
from sqlalchemy import DateTime

from ingestor.resources import answers, message_lists
from ingestor.resources.columns import columns, ident, json_list, key, made, moment, money, parser, text, whole
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
)
from ingestor.resources.table import data_table
from ingestor.wb import times
from ingestor.wb.methods import METHODS

MAX_PAGE_ROWS = 200
MAX_SKIP = 100_000
"""More claims than any shop gets in 14 days: pages end even if WB takes no notice of `offset`."""

PENDING, ARCHIVE = "pending", "archive"


def _updated_at(updated: str | None, claimed: str) -> datetime:
    return times.moment_or_never(updated) or times.moment(claimed)


COLUMNS = columns(
    key(text("id")),
    whole("claim_type", wb="claim_type"),
    whole("status"),
    whole("status_ex", wb="status_ex"),
    moment("claimed_at", wb="dt", required=True),
    made("updated_at", DateTime(timezone=True), _updated_at, "dt_update", "dt", kind=str, nullable=False),
    text("srid"),
    ident("nm_id", wb="nm_id", kind=NmId),
    text("product_name", wb="imt_name"),
    moment("ordered_at", wb="order_dt"),
    moment("delivered_at", wb="delivery_dt"),
    *money("price"),
    text("currency_code", wb="currency_code"),
    # What it is about.
    text("user_comment", wb="user_comment"),
    text("wb_comment", wb="wb_comment"),
    json_list("photos"),
    json_list("videos", wb="video_paths"),
    json_list("actions"),
)
TABLE, parse = data_table("claims", COLUMNS), parser(COLUMNS)


def begin(cursor: Position | None, start: Start) -> Position:
    """Both lists, or the rest of an interrupted pass."""
    if cursor:
        return cursor
    take = min(MAX_PAGE_ROWS, start.page_rows)
    return {"todo": [message_lists.unread(PENDING), message_lists.unread(ARCHIVE)], "take": take, "then": {}}


def ask(position: Position) -> dict[str, Any]:
    """A page of the list under way."""
    under_way = position["todo"][0]
    is_archive = "true" if under_way["list"] == ARCHIVE else "false"
    return {
        "params": {"is_archive": is_archive, "limit": str(position["take"]), "offset": str(under_way["skip"])},
    }


def read(body: bytes) -> Page:
    """Rows under `claims`."""
    return Page(answers.rows(body, "claims"))


def advance(position: Position, seen: Seen) -> Step:
    """The next page, or the next list."""
    return message_lists.advance(position, seen, max_skip=MAX_SKIP, dated=False)


RESOURCE = Resource(
    name="claims",
    method=METHODS["claims"],
    refresh=timedelta(minutes=10),
    reading=Reading(
        paging="`offset`, 200 rows",
        overlap="the 14 days that WB lists",
        begin=begin,
        ask=ask,
        read=read,
        advance=advance,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
        event_time="updated_at",
    ),
    publishing=Publishing(
        event=ClaimsUpdatedV1,
        rows="claims",
        is_live=message_lists.is_live,
    ),
    codes=frozenset({"claim_type", "status", "status_ex"}),
)
