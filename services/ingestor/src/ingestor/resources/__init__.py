"""Every resource that is synced. Adding one is adding a file, its line here, and a migration."""

from ingestor.resources import (
    claims,
    feedbacks,
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
    )
}
