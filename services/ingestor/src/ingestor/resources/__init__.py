"""Every resource that is synced. Adding one is adding a file, its line here, and a migration."""

from ingestor.resources import (
    advert_balance,
    campaign_bids,
    campaign_budgets,
    campaign_spend,
    campaign_stats,
    campaigns,
    claims,
    feedbacks,
    finance,
    funnel,
    orders,
    prices,
    products,
    questions,
    sales,
    stocks,
    tariffs_box,
    tariffs_commission,
    tariffs_return,
)
from ingestor.resources.resource import Resource

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        orders.RESOURCE,
        products.RESOURCE,
        stocks.RESOURCE,
        sales.RESOURCE,
        prices.RESOURCE,
        tariffs_commission.RESOURCE,
        tariffs_box.RESOURCE,
        tariffs_return.RESOURCE,
        feedbacks.RESOURCE,
        questions.RESOURCE,
        claims.RESOURCE,
        funnel.RESOURCE,
        finance.RESOURCE,
        campaigns.RESOURCE,
        campaign_bids.RESOURCE,
        campaign_stats.RESOURCE,
        campaign_spend.RESOURCE,
        campaign_budgets.RESOURCE,
        advert_balance.RESOURCE,
    )
}
