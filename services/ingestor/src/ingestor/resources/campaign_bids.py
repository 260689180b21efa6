"""Current bids of campaigns, in kopecks: for each card of each campaign, with a history.

Source: `GET /api/advert/v2/adverts`, which answers all campaigns at once (see `campaigns`); no other method tells the
bids in force.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from contracts.adverts import CampaignBidsUpdatedV1
from sqlalchemy import BigInteger, Column, Integer, Text

from ingestor.resources import at_once, campaigns
from ingestor.resources.fields import Id, NmId, Units, text_or_none
from ingestor.resources.resource import Page, Resource, Row
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS

TABLE = data_table(
    "campaign_bids",
    Column("advert_id", BigInteger, primary_key=True, autoincrement=False),
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("search_kopecks", Integer),
    Column("recommendations_kopecks", Integer),
    Column("subject_id", BigInteger),
    Column("subject", Text),
)
HISTORY = history_table(TABLE)


class _WbCampaign(msgspec.Struct):
    id: Id
    # Required: a campaign without it must not be taken for one without cards, whose bids are gone.
    nm_settings: list[msgspec.Raw] | None


class _WbSubject(msgspec.Struct):
    id: Id | None = None
    name: str | None = None


class _WbBids(msgspec.Struct):
    search: Units | None = None
    recommendations: Units | None = None


class _WbNm(msgspec.Struct):
    nm_id: NmId
    bids_kopecks: _WbBids
    subject: _WbSubject | None = None


class _Row(msgspec.Struct):
    advert_id: Id
    nm: _WbNm


_campaign = msgspec.json.Decoder(_WbCampaign)
_row = msgspec.json.Decoder(_Row)


def read(body: bytes) -> Page:
    """A row for each card of each campaign: `advert_id`, and under `nm` the card as WB has it."""
    return Page([row for campaign in campaigns.read(body).rows for row in _cards(campaign)])


def _cards(raw: msgspec.Raw) -> Iterator[msgspec.Raw]:
    try:
        campaign = _campaign.decode(raw)
    except ValueError:
        # It cannot be parsed as a row either, and is set aside as one.
        yield raw
        return
    for nm in campaign.nm_settings or ():
        yield msgspec.Raw(msgspec.json.encode({"advert_id": campaign.id, "nm": nm}))


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """The bids of a card: per thousand views or per click, as its campaign is paid."""
    wb = _row.decode(raw)
    subject = wb.nm.subject or _WbSubject()
    bids = wb.nm.bids_kopecks
    return (
        wb.advert_id,
        wb.nm.nm_id,
        bids.search,
        bids.recommendations,
        subject.id,
        text_or_none(subject.name),
    )


RESOURCE = Resource(
    name="campaign_bids",
    method=METHODS["campaigns"],
    table=TABLE,
    event=CampaignBidsUpdatedV1,
    rows="bids",
    refresh=timedelta(minutes=5),
    paging="none: all at once",
    overlap="everything",
    begin=at_once.begin,
    ask=campaigns.ask,
    read=read,
    parse=parse,
    advance=at_once.advance,
    emptied={},
    history=HISTORY,
)
