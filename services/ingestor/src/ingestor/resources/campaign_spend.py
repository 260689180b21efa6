"""What was taken off for campaigns. Source: `GET /adv/v1/upd`, up to 31 days in a call, no pages.

What is not written off yet (no `updTime`) is left out; it is in the answer again once it is. The number of a document
may be 0 until WB has issued it, so it does not tell rows apart: campaign, time and source of the money do.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.adverts import CampaignSpendUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Integer, Numeric, Text

from ingestor.resources import windows
from ingestor.resources.fields import Id, Int, KeyText, number, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row, Seen, Start, Step, since_connected
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment

MAX_DAYS = 31
"""Of one call."""

FIRST_LOAD = timedelta(days=90)
SWEEP = timedelta(days=MAX_DAYS - 1)
OVERLAP = timedelta(days=3)

TABLE = data_table(
    "campaign_spend",
    Column("advert_id", BigInteger, primary_key=True, autoincrement=False),
    Column("written_off_at", DateTime(timezone=True), primary_key=True, autoincrement=False),
    Column("payment_type", Text, primary_key=True),
    Column("upd_num", BigInteger, nullable=False),
    Column("spent", Numeric(18, 2), nullable=False),
    Column("campaign_name", Text),
    Column("campaign_type", Integer),
    Column("campaign_status", Integer),
)


_NONE = msgspec.Raw(b"null")
_NOT_YET = (_NONE, msgspec.Raw(b'""'))


class _WbSpend(msgspec.Struct, rename="camel"):
    advert_id: Id
    upd_num: Id
    upd_sum: Decimal
    upd_time: str
    payment_type: KeyText | None = None
    camp_name: str | None = None
    advert_type: Int | None = None
    advert_status: Int | None = None


class _WbTime(msgspec.Struct, rename="camel"):
    # Required: what has no sum is not one that is still to be written off.
    upd_sum: msgspec.Raw
    upd_time: msgspec.Raw = _NONE


_answer = msgspec.json.Decoder(list[msgspec.Raw])
_spend = msgspec.json.Decoder(_WbSpend)
_time = msgspec.json.Decoder(_WbTime)


def begin(cursor: Position | None, start: Start) -> Position:
    """90 days, then the last 3 before those read; a sweep 31."""
    return windows.begin(cursor, start, depth=FIRST_LOAD, overlap=OVERLAP, sweep=SWEEP)


def ask(position: Position) -> dict[str, Any]:
    """What was written off on some days."""
    first, last = windows.window(position, MAX_DAYS)
    return {"params": {"from": first, "to": last}}


def read(body: bytes) -> Page:
    """The answer is an array of rows."""
    return Page([raw for raw in (_answer.decode(body) if body else ()) if _is_written_off(raw)])


def _is_written_off(raw: msgspec.Raw) -> bool:
    try:
        return _time.decode(raw).upd_time not in _NOT_YET
    except ValueError:
        return True


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A sum for one campaign, in the currency of the account; the campaign's status is that of then."""
    wb = _spend.decode(raw)
    return (
        wb.advert_id,
        moment(wb.upd_time),
        wb.payment_type or "",
        wb.upd_num,
        number(wb.upd_sum),
        text_or_none(wb.camp_name),
        wb.advert_type,
        wb.advert_status,
    )


def advance(position: Position, seen: Seen) -> Step:
    """On to the next window."""
    return windows.advance(position, MAX_DAYS)


RESOURCE = Resource(
    name="campaign_spend",
    method=METHODS["campaign-spend"],
    table=TABLE,
    event=CampaignSpendUpdatedV1,
    rows="spend",
    refresh=timedelta(hours=1),
    paging="31 days",
    overlap="3 days; every day 31",
    sweep=timedelta(days=1),
    begin=begin,
    since=windows.since,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    dated="written_off_at",
    is_live=since_connected,
)
