"""What campaigns brought in: a row for each campaign, day, platform and card. Source: `GET /adv/v3/fullstats`.

Statistics lag by hours, and orders of a day are found and cancelled for days after it. WB has them for campaigns that
are or were shown, 50 in a call, up to 31 days.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.adverts import CampaignStatsUpdatedV1
from sqlalchemy import BigInteger, Column, Date, Integer, Numeric
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import campaign_ids, windows
from ingestor.resources.fields import Id, Int, NmId, number
from ingestor.resources.resource import Change, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import day, moment, moscow_day

SHOWN = (campaign_ids.FINISHED, 9, 11)
"""Finished, active, paused: the statuses that have statistics."""

MAX_DAYS = 31
"""Of one call."""

FIRST_LOAD = SWEEP = timedelta(days=MAX_DAYS - 1)
OVERLAP = timedelta(days=3)

TABLE = data_table(
    "campaign_stats",
    Column("advert_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True, autoincrement=False),
    Column("app_type", Integer, primary_key=True, autoincrement=False),
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("views", Integer, nullable=False),
    Column("clicks", Integer, nullable=False),
    Column("atbs", Integer),
    Column("orders", Integer, nullable=False),
    Column("shks", Integer),
    Column("canceled", Integer),
    Column("spent", Numeric(18, 2), nullable=False),
    Column("order_sum", Numeric(18, 2)),
    Column("avg_position", Numeric(18, 2)),
)


class _WbPosition(msgspec.Struct):
    nm: Id
    date: str
    avg_position: Decimal | None = None


class _WbCampaign(msgspec.Struct, rename="camel"):
    advert_id: Id
    # Required: what has none is no campaign of this method.
    days: list[msgspec.Raw] | None
    booster_stats: list[_WbPosition] | None = None


class _WbDay(msgspec.Struct):
    date: str
    apps: list[msgspec.Raw] | None = None


class _WbApp(msgspec.Struct, rename="camel"):
    app_type: Int
    nms: list[msgspec.Raw] | None = None


class _WbNmId(msgspec.Struct, rename="camel"):
    nm_id: Id


class _WbNm(msgspec.Struct, rename="camel"):
    nm_id: NmId
    views: Int
    clicks: Int
    orders: Int
    sum: Decimal
    atbs: Int | None = None
    shks: Int | None = None
    canceled: Int | None = None
    sum_price: Decimal | None = msgspec.field(name="sum_price", default=None)


class _Row(msgspec.Struct):
    advert_id: Id
    day: str
    app_type: Int
    nm: _WbNm
    avg_position: Decimal | None = None


_answer = msgspec.json.Decoder(list[msgspec.Raw])
_campaign = msgspec.json.Decoder(_WbCampaign)
_day = msgspec.json.Decoder(_WbDay)
_app = msgspec.json.Decoder(_WbApp)
_nm_id = msgspec.json.Decoder(_WbNmId)
_row = msgspec.json.Decoder(_Row)


def begin(cursor: Position | None, start: Start) -> Position:
    """31 days, then the last 3 before those read; a sweep all 31 again."""
    return windows.begin(cursor, start, depth=FIRST_LOAD, overlap=OVERLAP, sweep=SWEEP)


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """Campaigns that may have been shown since the first of the days."""
    first = moment(position["first"])
    return await campaign_ids.ids(connection, cabinet_id, position, SHOWN, finished_since=first)


def ask(position: Position) -> dict[str, Any]:
    """Some campaigns' days."""
    first, last = windows.window(position, MAX_DAYS)
    ids = ",".join(map(str, campaign_ids.asked(position)))
    return {"params": {"ids": ids, "beginDate": first, "endDate": last}}


def read(body: bytes) -> Page:
    """A row for each card on each platform and day: what it is of, and under `nm` the card's figures as WB has them.

    Whatever cannot be taken apart is a row as it is, for `parse` to refuse.
    """
    return Page([row for campaign in (_answer.decode(body) if body else ()) for row in _of_campaign(campaign)])


def _of_campaign(raw: msgspec.Raw) -> Iterator[msgspec.Raw]:
    try:
        campaign = _campaign.decode(raw)
    except ValueError:
        yield raw
        return
    positions = {(each.nm, each.date): each.avg_position for each in campaign.booster_stats or ()}
    for of_day in campaign.days or ():
        yield from _of_day(of_day, campaign.advert_id, positions)


def _of_day(
    raw: msgspec.Raw, advert_id: int, positions: dict[tuple[int, str], Decimal | None]
) -> Iterator[msgspec.Raw]:
    try:
        of_day = _day.decode(raw)
        apps = [_app.decode(app) for app in of_day.apps or ()]
    except ValueError:
        yield raw
        return
    named = of_day.date[: len("2025-09-07")]
    for app in apps:
        for nm in app.nms or ():
            yield msgspec.Raw(
                msgspec.json.encode(
                    {
                        "advert_id": advert_id,
                        "day": named,
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


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """The figures of a card; money in the currency of the account."""
    wb = _row.decode(raw)
    nm = wb.nm
    return (
        wb.advert_id,
        day(wb.day),
        wb.app_type,
        nm.nm_id,
        nm.views,
        nm.clicks,
        nm.atbs,
        nm.orders,
        nm.shks,
        nm.canceled,
        number(nm.sum),
        number(nm.sum_price),
        number(wb.avg_position),
    )


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
    name="campaign_stats",
    method=METHODS["campaign-stats"],
    table=TABLE,
    event=CampaignStatsUpdatedV1,
    rows="stats",
    refresh=timedelta(minutes=30),
    paging="50 campaigns, 31 days",
    overlap="3 days; every day 31",
    sweep=timedelta(days=1),
    begin=begin,
    since=windows.since,
    subjects=subjects,
    ids_at_once=campaign_ids.AT_ONCE,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    is_live=is_live,
)
