"""From a connected cabinet to its orders in the outbox."""

import pytest
from support.eventually import eventually
from support.ingesting import Ingestor, connected, take
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim


@pytest.mark.usefixtures("few_resources")
async def test_a_connected_cabinet_is_verified_synced_and_published(ingestor: Ingestor, wb: Wbsim) -> None:
    placed = await wb.place_orders(count=3)
    event = connected(await wb.token())
    await take(ingestor.database, event)
    async with ingestor.running():

        async def all_loaded() -> bool:
            completed = await published(ingestor.database, "sync.completed.v1")
            return {e.data.resource for e in completed} == {"orders", "products", "stocks"}

        await eventually(all_loaded)
        later = await wb.place_orders(count=2)

        async def all_stored() -> bool:
            return len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 5

        await eventually(all_stored)

    [verified] = await published(ingestor.database, "cabinet.verified.v1")
    assert verified.correlationid == event.correlationid
    assert verified.causationid == event.id
    orders = [order for e in await published(ingestor.database, "orders.updated.v1") for order in e.data.orders]
    assert sorted(order.srid for order in orders) == sorted(order["srid"] for order in placed + later)
    assert {order.change for order in orders} == {"new"}
    truth = await wb.truth()
    products = await rows(ingestor.database, "SELECT nm_id, title FROM products")
    assert {row["nm_id"] for row in products} == {product["nm_id"] for product in truth["products"]}
