"""Statistics of campaigns in the currency of the campaign."""

from typing import Final

from contracts.currency import ROUBLE

ADVERT_STATS: Final = f"""
SELECT stats.cabinet_id, stats.advert_id, stats.nm_id, stats.day, stats.spent, stats.order_sum,
    {", ".join(f"greatest(stats.{name}, 0) AS {name}" for name in ("views", "clicks", "orders"))},
    coalesce(campaign.currency, '{ROUBLE}') AS currency
FROM campaign_stats AS stats
LEFT JOIN campaigns AS campaign
    ON campaign.cabinet_id = stats.cabinet_id AND campaign.advert_id = stats.advert_id
"""
"""A row is one card in one campaign on one day and platform. Nothing was seen less often than never."""
