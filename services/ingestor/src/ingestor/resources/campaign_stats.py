"""What campaigns brought in: a row for each campaign, day, platform and card. Source: `GET /adv/v3/fullstats`.

Statistics lag by hours, and orders of a day are found and cancelled for days after it. WB has them for campaigns that
are or were shown, 50 in a call, up to 31 days.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.adverts import CampaignStatsUpdatedV1
from sqlalchemy import Date
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import answers, campaign_ids, windows
from ingestor.resources.columns import columns, ident, key, made, numbers, parser, whole
from ingestor.resources.fields import Id, NmId
from ingestor.resources.resource import (
    Change,
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
)
from ingestor.resources.stretches import kept_for, windows_of
from ingestor.resources.table import data_table
from ingestor.wb import times
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

NAME = "campaign_stats"

SHOWN = (campaign_ids.FINISHED, 9, 11)
"""Finished, active, paused: the statuses that have statistics."""

MAX_DAYS = 31
"""Of one call."""

FIRST_LOAD = SWEEP = timedelta(days=MAX_DAYS - 1)
OVERLAP = timedelta(days=3)
WITHIN = Within(
    cut=windows_of(timedelta(days=MAX_DAYS - 1)),
    position=windows.within,
    earliest=kept_for(timedelta(days=365)),
)
"""WB does not say how far back it answers; a year is what its own pages show."""

COLUMNS = columns(
    # A row is what `read` takes out of the answer; money is in the currency of the account.
    key(ident("advert_id", wb="advert_id")),
    key(made("day", Date(), times.day, "day", kind=str)),
    key(whole("app_type", wb="app_type")),
    key(ident("nm_id", wb="nm.nmId", kind=NmId)),
    whole("views", wb="nm.views", required=True),
    whole("clicks", wb="nm.clicks", required=True),
    whole("atbs", wb="nm.atbs"),
    whole("orders", wb="nm.orders", required=True),
    whole("shks", wb="nm.shks"),
    whole("canceled", wb="nm.canceled"),
    *numbers("spent", wb="nm.sum", required=True),
    *numbers("order_sum", wb="nm.sum_price"),
    *numbers("avg_position", wb="avg_position"),
)
TABLE, parse = data_table(NAME, COLUMNS), parser(COLUMNS)


class _WbPosition(msgspec.Struct):
    nm: Id
    date: str
    avg_position: Decimal | None = None


class _WbCampaign(msgspec.Struct, rename="camel"):
    advert_id: msgspec.Raw
    # Required: what has none is no campaign of this method.
    days: list[msgspec.Raw] | None
    booster_stats: msgspec.Raw = msgspec.Raw(b"null")


class _WbDay(msgspec.Struct):
    date: msgspec.Raw
    apps: list[msgspec.Raw] | None = None


class _WbApp(msgspec.Struct, rename="camel"):
    app_type: msgspec.Raw
    nms: list[msgspec.Raw] | None = None


class _WbNmId(msgspec.Struct, rename="camel"):
    nm_id: Id


Place = tuple[int, str]
"""A card and a day."""

_list = msgspec.json.Decoder(list[msgspec.Raw] | None)
_position = msgspec.json.Decoder(_WbPosition)
_campaign = msgspec.json.Decoder(_WbCampaign)
_day = msgspec.json.Decoder(_WbDay)
_app = msgspec.json.Decoder(_WbApp)
_nm_id = msgspec.json.Decoder(_WbNmId)


def begin(cursor: Position | None, start: Start) -> Position:
    """31 days, then the last 3 before those read; a sweep all 31 again."""
    return windows.begin(cursor, start, depth=FIRST_LOAD, overlap=OVERLAP, sweep=SWEEP)


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """Campaigns that may have been shown since the first of the days."""
    first = times.moment(position["first"])
    return await campaign_ids.ids(connection, cabinet_id, NAME, position, SHOWN, finished_since=first)


def ask(position: Position) -> dict[str, Any]:
    """Some campaigns' days."""
    first, last = windows.window(campaign_ids.without_ids(position), MAX_DAYS)
    ids = ",".join(map(str, campaign_ids.asked(position)))
    return {"params": {"ids": ids, "beginDate": first, "endDate": last}}


def read(body: bytes) -> Page:
    """A row for each card on each platform and day: what it is of, and under `nm` the card's figures as WB has them.

    Whatever cannot be taken apart is a row as it is, for `parse` to refuse.
    """
    return Page([row for campaign in answers.rows(body) for row in _of_campaign(campaign)])


def _of_campaign(raw: msgspec.Raw) -> Iterator[msgspec.Raw]:
    try:
        campaign = _campaign.decode(raw)
    except ValueError:
        yield raw
        return
    positions = dict(_positions(campaign.booster_stats))
    for of_day in campaign.days or ():
        yield from _of_day(of_day, campaign.advert_id, positions)


def _positions(booster_stats: msgspec.Raw) -> Iterator[tuple[Place, Decimal | None]]:
    """Average positions of cards by day: beside the figures, so that odd ones cost nothing but themselves."""
    with suppress(ValueError):
        for raw in _list.decode(booster_stats) or ():
            with suppress(ValueError):
                each = _position.decode(raw)
                yield (each.nm, each.date), each.avg_position


def _of_day(raw: msgspec.Raw, advert_id: msgspec.Raw, positions: dict[Place, Decimal | None]) -> Iterator[msgspec.Raw]:
    try:
        of_day = _day.decode(raw)
        apps = [_app.decode(app) for app in of_day.apps or ()]
    except ValueError:
        yield raw
        return
    named = bytes(of_day.date)[1:11].decode(errors="replace")
    for app in apps:
        for nm in app.nms or ():
            yield msgspec.Raw(
                msgspec.json.encode(
                    {
                        "advert_id": advert_id,
                        "day": of_day.date,
                        "app_type": app.app_type,
                        "nm": nm,
                        "avg_position": positions.get((_card(nm), named)),
                    }
                )
            )


def _card(nm: msgspec.Raw) -> int:
    try:
        return _nm_id.decode(nm).nm_id
    except ValueError:
        return 0


def advance(position: Position, seen: Seen) -> Step:
    """On to the next campaigns, then to the next window."""
    following = campaign_ids.following(position)
    if following is not None:
        return Step(following, done=False)
    return windows.advance(campaign_ids.without_ids(position), MAX_DAYS)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """What a campaign did before the day its cabinet was connected is history, whenever it is read."""
    shown_on: date = change.key[1]
    return shown_on >= moscow_day(connected_at)


RESOURCE = Resource(
    name=NAME,
    method=METHODS["campaign-stats"],
    refresh=timedelta(minutes=30),
    reading=Reading(
        paging="50 campaigns, 31 days",
        overlap="3 days; every day 31",
        sweep=timedelta(days=1),
        begin=begin,
        since=windows.since,
        subjects=subjects,
        ids_at_once=campaign_ids.LOOK_AHEAD_IDS,
        parts=campaign_ids.asked,
        ask=ask,
        read=read,
        advance=advance,
        again=same_page,
        within=WITHIN,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
    ),
    publishing=Publishing(
        event=CampaignStatsUpdatedV1,
        rows="stats",
        is_live=is_live,
    ),
)
