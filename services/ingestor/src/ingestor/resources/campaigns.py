"""Advertising campaigns. Source: `GET /api/advert/v2/adverts`.

`ids` may be left out: then it answers all campaigns at once, without pages. So each call is a whole re-read, and the
ids that `GET /adv/v1/promotion/count` lists are not needed. Current bids come with it: see `campaign_bids`.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.adverts import CampaignsUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources import at_once
from ingestor.resources.fields import Id, Int, NmId, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment, moment_or_never

NOT_DELETED_YEAR = 2100
"""WB writes `2100-01-01T00:00:00+03:00` for a campaign that is not deleted."""

TABLE = data_table(
    "campaigns",
    Column("advert_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text),
    Column("status", Integer, nullable=False),
    Column("bid_type", Text),
    Column("payment_type", Text),
    Column("currency", Text),
    Column("in_search", Boolean),
    Column("in_recommendations", Boolean),
    Column("can_change_nms", Boolean),
    Column("nm_ids", JSONB, nullable=False),
    Column("created_at", DateTime(timezone=True)),
    Column("started_at", DateTime(timezone=True)),
    Column("deleted_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)


class _WbPlacements(msgspec.Struct):
    search: bool | None = None
    recommendations: bool | None = None


class _WbSettings(msgspec.Struct):
    name: str | None = None
    payment_type: str | None = None
    placements: _WbPlacements | None = None


class _WbNm(msgspec.Struct):
    nm_id: NmId


class _WbRestrictions(msgspec.Struct):
    can_change_nms: bool | None = None


class _WbTimestamps(msgspec.Struct):
    updated: str
    created: str | None = None
    started: str | None = None
    deleted: str | None = None


class _WbCampaign(msgspec.Struct):
    id: Id
    status: Int
    timestamps: _WbTimestamps
    bid_type: str | None = None
    currency: str | None = None
    settings: _WbSettings | None = None
    nm_settings: list[_WbNm] | None = None
    restrictions: _WbRestrictions | None = None


class _WbAnswer(msgspec.Struct):
    # Required: an answer without it must not be taken for a seller without campaigns.
    adverts: list[msgspec.Raw] | None


_answer = msgspec.json.Decoder(_WbAnswer)
_campaign = msgspec.json.Decoder(_WbCampaign)


def ask(position: Position) -> dict[str, Any]:
    """All campaigns."""
    return {}


def read(body: bytes) -> Page:
    """Campaigns under `adverts`."""
    return Page(_answer.decode(body).adverts or [])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A campaign, whatever its status and kind."""
    wb = _campaign.decode(raw)
    settings = wb.settings or _WbSettings()
    placements = settings.placements or _WbPlacements()
    return (
        wb.id,
        text_or_none(settings.name),
        wb.status,
        text_or_none(wb.bid_type),
        text_or_none(settings.payment_type),
        text_or_none(wb.currency),
        placements.search,
        placements.recommendations,
        wb.restrictions.can_change_nms if wb.restrictions else None,
        msgspec.json.encode(sorted({nm.nm_id for nm in wb.nm_settings or ()})).decode(),
        moment_or_never(wb.timestamps.created),
        moment_or_never(wb.timestamps.started),
        _deleted_at(wb.timestamps.deleted),
        moment(wb.timestamps.updated),
    )


def _deleted_at(text: str | None) -> datetime | None:
    if text and datetime.fromisoformat(text).year >= NOT_DELETED_YEAR:
        return None
    return moment_or_never(text)


RESOURCE = Resource(
    name="campaigns",
    method=METHODS["campaigns"],
    table=TABLE,
    event=CampaignsUpdatedV1,
    rows="campaigns",
    refresh=timedelta(minutes=10),
    paging="none: all at once",
    overlap="everything",
    begin=at_once.begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=at_once.advance,
    unhashed=frozenset({"updated_at"}),
    emptied={},
)
