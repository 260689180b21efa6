"""What was taken off for campaigns. Source: `GET /adv/v1/upd`, up to 31 days in a call, no pages.

What is not written off yet (no `updTime`) is left out; it is in the answer again once it is. The number of a document
may be 0 until WB has issued it, so it does not tell rows apart: campaign, time and source of the money do.
"""

from datetime import timedelta
from typing import Any

import msgspec
from contracts.adverts import CampaignSpendUpdatedV1

from ingestor.resources import answers, windows
from ingestor.resources.columns import columns, ident, key, moment, numbers, parser, text, whole
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
    Within,
    same_page,
    since_connected,
)
from ingestor.resources.stretches import kept_for, windows_of
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

MAX_DAYS = 31
"""Of one call."""

FIRST_LOAD = timedelta(days=90)
SWEEP = timedelta(days=MAX_DAYS - 1)
OVERLAP = timedelta(days=3)
WITHIN = Within(
    cut=windows_of(timedelta(days=MAX_DAYS - 1)),
    position=windows.within,
    earliest=kept_for(timedelta(days=365)),
    first_load=FIRST_LOAD,
    newest=SWEEP,
)
"""WB does not say how far back it answers; a year is what its own pages show."""

COLUMNS = columns(
    # In the currency of the account; the campaign's status is that of then.
    key(ident("advert_id")),
    key(moment("written_off_at", wb="updTime", required=True)),
    key(text("payment_type"), optional=True),
    ident("upd_num", required=True),
    *numbers("spent", wb="updSum", required=True),
    text("campaign_name", wb="campName"),
    whole("campaign_type", wb="advertType"),
    whole("campaign_status", wb="advertStatus"),
)
TABLE, parse = data_table("campaign_spend", COLUMNS), parser(COLUMNS)

_NONE = msgspec.Raw(b"null")
_NOT_YET = (_NONE, msgspec.Raw(b'""'))


class _WbTime(msgspec.Struct, rename="camel"):
    # Required: what has no sum is not one that is still to be written off.
    upd_sum: msgspec.Raw
    upd_time: msgspec.Raw = _NONE


_time = msgspec.json.Decoder(_WbTime)


def begin(cursor: Position | None, start: Start) -> Position:
    """90 days, then the last 3 before those read; a sweep 31."""
    return windows.begin(cursor, start, depth=start.depth(FIRST_LOAD, SWEEP), overlap=OVERLAP, sweep=SWEEP)


def ask(position: Position) -> dict[str, Any]:
    """What was written off on some days."""
    first, last = windows.window(position, MAX_DAYS)
    return {"params": {"from": first, "to": last}}


def read(body: bytes) -> Page:
    """The answer is an array of rows."""
    return Page([raw for raw in answers.rows(body) if _is_written_off(raw)])


def _is_written_off(raw: msgspec.Raw) -> bool:
    try:
        return _time.decode(raw).upd_time not in _NOT_YET
    except ValueError:
        return True


def parts(position: Position) -> list[str]:
    """The days of the next call."""
    return windows.parts(position, MAX_DAYS)


def advance(position: Position, seen: Seen) -> Step:
    """On to the next window."""
    return windows.advance(position, MAX_DAYS)


RESOURCE = Resource(
    name="campaign_spend",
    method=METHODS["campaign-spend"],
    refresh=timedelta(hours=1),
    reading=Reading(
        paging="31 days",
        overlap="3 days; every day 31",
        sweep=timedelta(days=1),
        begin=begin,
        since=windows.since,
        parts=parts,
        ask=ask,
        read=read,
        advance=advance,
        again=same_page,
        within=WITHIN,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
        event_time="written_off_at",
    ),
    publishing=Publishing(
        event=CampaignSpendUpdatedV1,
        rows="spend",
        is_live=since_connected,
    ),
    codes=frozenset({"paymentType", "advertType", "advertStatus"}),
)
