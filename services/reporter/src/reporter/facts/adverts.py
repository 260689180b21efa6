"""Campaigns, their bids, what they came to and what they cost."""

from contracts.adverts import (
    AdvertBalanceUpdatedV1,
    CampaignBidsUpdatedV1,
    CampaignBudgetsUpdatedV1,
    CampaignSpendUpdatedV1,
    CampaignStatsUpdatedV1,
    CampaignsUpdatedV1,
)
from contracts.analytics import WHOLE_CABINET
from contracts.items import Section

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_items

_ADVERTISED = """(
    SELECT CAST(nm_id AS bigint) AS nm_id
    FROM {campaigns} CROSS JOIN LATERAL jsonb_array_elements_text(campaigns.nm_ids) AS advertised (nm_id)
    UNION
    SELECT {cabinet} FROM touched
) AS advertised"""
# Its statistics have cards that it does not show, too: its currency is theirs.
_OF_THEIR_OWN = f"""(
    SELECT nm_id FROM {_ADVERTISED.format(campaigns="touched AS campaigns", cabinet=WHOLE_CABINET)}
    UNION
    SELECT stats.nm_id FROM campaign_stats AS stats JOIN touched USING (cabinet_id, advert_id)
) AS advertised"""
# A campaign that is not known yet will tell by itself what it advertises.
_OF_THEIR_CAMPAIGNS = _ADVERTISED.format(
    campaigns="touched JOIN campaigns USING (cabinet_id, advert_id)", cabinet=WHOLE_CABINET
)

CAMPAIGNS = Facts(
    CampaignsUpdatedV1, tables.campaigns, sections=of_items(Section.ADVERTS, Section.MONEY, rows=_OF_THEIR_OWN)
)
BIDS = Facts(CampaignBidsUpdatedV1, tables.campaign_bids)
STATS = Facts(CampaignStatsUpdatedV1, tables.campaign_stats, sections=of_items(Section.ADVERTS, Section.MONEY))
# What was written off, and the account, are in no figure: what was spent is in the statistics.
SPEND = Facts(CampaignSpendUpdatedV1, tables.campaign_spend)
BALANCE = Facts(AdvertBalanceUpdatedV1, tables.advert_balances)
BUDGETS = Facts(
    CampaignBudgetsUpdatedV1, tables.campaign_budgets, sections=of_items(Section.ADVERTS, rows=_OF_THEIR_CAMPAIGNS)
)
