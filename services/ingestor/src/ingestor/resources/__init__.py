"""Every resource that is synced. Adding one is adding a file, its line here, and a migration."""

from ingestor.resources import orders, products, stocks
from ingestor.resources.resource import Resource

RESOURCES: dict[str, Resource] = {
    resource.name: resource for resource in (orders.RESOURCE, products.RESOURCE, stocks.RESOURCE)
}
