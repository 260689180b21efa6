"""Advertising campaigns. Source: `GET /api/advert/v2/adverts`.

`ids` may be left out: then it answers all campaigns at once, without pages. So each call is a whole re-read, and the
ids that `GET /adv/v1/promotion/count` lists are not needed. Current bids come with it: see `campaign_bids`.
"""

from datetime import datetime, timedelta

import msgspec
from contracts.adverts import CampaignsUpdatedV1
from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources import whole_lists
from ingestor.resources.columns import columns, currency, flag, ident, key, made, moment, parser, text, whole
from ingestor.resources.fields import NmId
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table
from ingestor.wb import times
from ingestor.wb.methods import METHODS

NOT_DELETED_YEAR = 2100
"""WB writes `2100-01-01T00:00:00+03:00` for a campaign that is not deleted."""


class _WbNm(msgspec.Struct):
    nm_id: NmId


def _nm_ids(wb: list[_WbNm] | None) -> str:
    return msgspec.json.encode(sorted({nm.nm_id for nm in wb or ()})).decode()


def _deleted_at(text: str | None) -> datetime | None:
    if text and datetime.fromisoformat(text).year >= NOT_DELETED_YEAR:
        return None
    return times.moment_or_never(text)


COLUMNS = columns(
    key(ident("advert_id", wb="id")),
    text("name", wb="settings.name"),
    whole("status", required=True),
    text("bid_type", wb="bid_type"),
    text("payment_type", wb="settings.payment_type"),
    currency(),
    flag("in_search", wb="settings.placements.search"),
    flag("in_recommendations", wb="settings.placements.recommendations"),
    flag("can_change_nms", wb="restrictions.can_change_nms"),
    made("nm_ids", JSONB, _nm_ids, "nm_settings", kind=list[_WbNm], nullable=False),
    moment("created_at", wb="timestamps.created"),
    moment("started_at", wb="timestamps.started"),
    made("deleted_at", DateTime(timezone=True), _deleted_at, "timestamps.deleted", kind=str),
    moment("updated_at", wb="timestamps.updated", required=True),
)
TABLE, parse = data_table("campaigns", COLUMNS), parser(COLUMNS)


READING = whole_lists.whole_list("adverts")

RESOURCE = Resource(
    name="campaigns",
    method=METHODS["campaigns"],
    refresh=timedelta(minutes=10),
    reading=READING,
    storage=Storage(
        table=TABLE,
        parse=parse,
        untracked=frozenset({"updated_at"}),
        when_gone={},
    ),
    publishing=Publishing(
        event=CampaignsUpdatedV1,
        rows="campaigns",
    ),
    codes=frozenset({"status", "bid_type", "settings.payment_type"}),
)
