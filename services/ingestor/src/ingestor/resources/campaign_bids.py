"""Current bids of campaigns, in kopecks: for each card of each campaign, with a history.

Source: `GET /api/advert/v2/adverts`, which answers all campaigns at once (see `campaigns`); no other method tells the
bids in force.
"""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from contracts.adverts import CampaignBidsUpdatedV1

from ingestor.resources import campaigns, whole_lists
from ingestor.resources.columns import columns, currency, ident, key, parser, text, units
from ingestor.resources.fields import NmId
from ingestor.resources.resource import Page, Publishing, Resource, Storage
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS

COLUMNS = columns(
    # A row is a card of a campaign, as `read` takes it out of the answer.
    key(ident("advert_id", wb="advert_id")),
    key(ident("nm_id", wb="nm.nm_id", kind=NmId)),
    # Per thousand views or per click, as the campaign is paid.
    units("search_kopecks", wb="nm.bids_kopecks.search"),
    units("recommendations_kopecks", wb="nm.bids_kopecks.recommendations"),
    ident("subject_id", wb="nm.subject.id"),
    text("subject", wb="nm.subject.name"),
    currency(),
)
TABLE, parse = data_table("campaign_bids", COLUMNS), parser(COLUMNS, required=("nm.bids_kopecks",))
HISTORY = history_table(TABLE)


class _WbCampaign(msgspec.Struct):
    id: msgspec.Raw
    # Required: a campaign without it must not be taken for one without cards, whose bids are gone.
    nm_settings: list[msgspec.Raw] | None
    currency: msgspec.Raw = msgspec.Raw(b"null")


_campaign = msgspec.json.Decoder(_WbCampaign)


def read(body: bytes) -> Page:
    """A row for each card of each campaign: `advert_id`, and under `nm` the card as WB has it."""
    return Page([row for campaign in campaigns.READING.read(body).rows for row in _cards(campaign)])


def _cards(raw: msgspec.Raw) -> Iterator[msgspec.Raw]:
    try:
        campaign = _campaign.decode(raw)
    except ValueError:
        # It cannot be parsed as a row either, and is set aside as one.
        yield raw
        return
    for nm in campaign.nm_settings or ():
        yield msgspec.Raw(msgspec.json.encode({"advert_id": campaign.id, "nm": nm, "currency": campaign.currency}))


RESOURCE = Resource(
    name="campaign_bids",
    method=METHODS["campaigns"],
    refresh=timedelta(minutes=5),
    reading=whole_lists.whole_list(read=read),
    storage=Storage(
        table=TABLE,
        parse=parse,
        when_gone={},
        history=HISTORY,
    ),
    publishing=Publishing(
        event=CampaignBidsUpdatedV1,
        rows="bids",
    ),
)
