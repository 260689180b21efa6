"""Buyers' claims for a return. Source: `GET /api/v1/claims`, under consideration and archived, of the last 14 days.

All of them are read each time. One that WB does not list any more is only older than 14 days: it stays as it was.
Times have no offset and mean Moscow. WB's check of a phone's IMEI is not read: it tells both numbers.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.claims import ClaimsUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources import voices
from ingestor.resources.fields import Int, KeyText, NmId, money, text_or_none
from ingestor.resources.resource import BrokenRow, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moment_or_never

MAX_PAGE_ROWS = 200
MAX_SKIP = 100_000
"""More claims than any shop gets in 14 days: pages end even if WB takes no notice of `offset`."""

PENDING, ARCHIVE = "pending", "archive"

TABLE = data_table(
    "claims",
    Column("id", Text, primary_key=True),
    Column("claim_type", Integer),
    Column("status", Integer),
    Column("status_ex", Integer),
    Column("claimed_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("srid", Text),
    Column("nm_id", BigInteger),
    Column("product_name", Text),
    Column("ordered_at", DateTime(timezone=True)),
    Column("delivered_at", DateTime(timezone=True)),
    Column("price", Numeric(18, 2)),
    Column("currency_code", Text),
    Column("user_comment", Text),
    Column("wb_comment", Text),
    Column("photos", JSONB, nullable=False),
    Column("videos", JSONB, nullable=False),
    Column("actions", JSONB, nullable=False),
)


class _WbClaim(msgspec.Struct):
    id: KeyText
    dt: str
    dt_update: str | None = None
    claim_type: Int | None = None
    status: Int | None = None
    status_ex: Int | None = None
    srid: str | None = None
    nm_id: NmId | None = None
    imt_name: str | None = None
    order_dt: str | None = None
    delivery_dt: str | None = None
    price: Decimal | None = None
    currency_code: str | None = None
    user_comment: str | None = None
    wb_comment: str | None = None
    photos: list[str] | None = None
    video_paths: list[str] | None = None
    actions: list[str] | None = None


class _WbBody(msgspec.Struct):
    # Required: an answer without it is not one of this method.
    claims: list[msgspec.Raw] | None


_body = msgspec.json.Decoder(_WbBody)
_claim = msgspec.json.Decoder(_WbClaim)


def begin(cursor: Position | None, start: Start) -> Position:
    """Both lists, or the rest of an interrupted pass."""
    if cursor:
        return cursor
    take = min(MAX_PAGE_ROWS, start.page_rows)
    return {"todo": [voices.unread(PENDING), voices.unread(ARCHIVE)], "take": take, "then": {}}


def ask(position: Position) -> dict[str, Any]:
    """A page of the list under way."""
    under_way = position["todo"][0]
    is_archive = "true" if under_way["list"] == ARCHIVE else "false"
    return {
        "params": {"is_archive": is_archive, "limit": str(position["take"]), "offset": str(under_way["skip"])},
    }


def read(body: bytes) -> Page:
    """Rows under `claims`."""
    return Page(_body.decode(body).claims or [])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A claim; the buyer's comment is what it is about."""
    wb = _claim.decode(raw)
    if not wb.id:
        raise BrokenRow("id is empty")
    claimed_at = moment(wb.dt)
    return (
        wb.id,
        wb.claim_type,
        wb.status,
        wb.status_ex,
        claimed_at,
        moment_or_never(wb.dt_update) or claimed_at,
        text_or_none(wb.srid),
        wb.nm_id,
        text_or_none(wb.imt_name),
        moment_or_never(wb.order_dt),
        moment_or_never(wb.delivery_dt),
        money(wb.price),
        text_or_none(wb.currency_code),
        text_or_none(wb.user_comment),
        text_or_none(wb.wb_comment),
        msgspec.json.encode(wb.photos or []).decode(),
        msgspec.json.encode(wb.video_paths or []).decode(),
        msgspec.json.encode(wb.actions or []).decode(),
    )


def advance(position: Position, seen: Seen) -> Step:
    """The next page, or the next list."""
    return voices.advance(position, seen, max_skip=MAX_SKIP, dated=False)


RESOURCE = Resource(
    name="claims",
    method=METHODS["claims"],
    table=TABLE,
    event=ClaimsUpdatedV1,
    rows="claims",
    refresh=timedelta(minutes=10),
    paging="`offset`, 200 rows",
    overlap="the 14 days that WB lists",
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    dated="updated_at",
    is_live=voices.is_live,
)
