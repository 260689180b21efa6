"""What statistics and the order feed tell otherwise, counted by cabinet, source and field."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from ingestor.resources import orders
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, connect_cabinet
from support.rows import execute, rows
from support.sync_states import keep
from wbsim.running import Wbsim

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
AGREED: dict[str, Any] = {
    "content_hash": 1,
    "feed_hash": 1,
    "status": "created",
    "is_cancel": False,
    "price_with_disc": 100,
    "seller_price": 100,
    "ordered_at": NOW - 48 * HOUR,
    "changed_at": NOW - 2 * HOUR,
}
ONLY_STATISTICS: dict[str, Any] = {"feed_hash": None, "status": None, "seller_price": None}
ONLY_FEED: dict[str, Any] = {"content_hash": None, "is_cancel": None, "price_with_disc": None}


async def read_both(database: Database, cabinet_id: UUID, *, ago: timedelta = timedelta(0), **feed: Any) -> None:
    """Both sources were read to their end so long ago."""
    read: dict[str, Any] = {"first_load_done": True, "last_success_at": NOW - ago, "next_run_at": NOW}
    await keep(database, cabinet_id, "orders", **read)
    await keep(database, cabinet_id, "order_feed", **(read | feed))


async def store(database: Database, cabinet_id: UUID, **order: Any) -> None:
    values = {**AGREED, **order, "cabinet_id": cabinet_id, "srid": uuid4().hex, "nm_id": 1}
    async with database.transaction() as connection:
        await connection.execute(orders.TABLE.insert().values(values))


async def counted(database: Database, cabinet_id: UUID) -> dict[tuple[str, str], int]:
    """What is counted, as the gateway sees it."""
    async with database.transaction() as connection:
        await connection.execute(text("SELECT set_config('pulse.cabinet_ids', :id, true)"), {"id": str(cabinet_id)})
        found = await connection.execute(
            text("SELECT resource, field, orders FROM ingestor_published.order_disagreements WHERE orders > 0")
        )
        return {(row.resource, row.field): row.orders for row in found}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, None),
        ({"is_cancel": True, "status": "cancel"}, None),
        ({"is_cancel": True}, ("order_feed", "is_cancel")),
        ({"is_cancel": True, "changed_at": NOW - HOUR / 3}, None),
        ({"status": "cancel"}, ("orders", "is_cancel")),
        ({"status": "cancel", "changed_at": NOW - HOUR / 3}, None),
        ({"seller_price": 90}, ("orders", "price")),
        ({"seller_price": 90, "ordered_at": NOW - 31 * 24 * HOUR}, None),
        (ONLY_STATISTICS, ("order_feed", "srid")),
        ({**ONLY_STATISTICS, "ordered_at": NOW - 23 * HOUR}, None),
        ({**ONLY_STATISTICS, "ordered_at": NOW - 31 * 24 * HOUR}, None),
        (ONLY_FEED, ("orders", "srid")),
        ({**ONLY_FEED, "ordered_at": NOW - 23 * HOUR}, None),
        ({**ONLY_FEED, "status": "cancel"}, ("orders", "srid")),
    ],
)
async def test_an_order_is_counted_once_a_source_had_time_to_show_it(
    ingestor_db: Database, order: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    cabinet_id = uuid4()
    await read_both(ingestor_db, cabinet_id)
    for _ in range(2):
        await store(ingestor_db, cabinet_id, **order)
    await store(ingestor_db, cabinet_id)
    assert await counted(ingestor_db, cabinet_id) == ({expected: 2} if expected else {})
    assert await counted(ingestor_db, uuid4()) == {}, "others see nothing of it"


async def test_a_source_that_was_not_read_since_lacks_nothing(ingestor_db: Database) -> None:
    late, alone = uuid4(), uuid4()
    await read_both(ingestor_db, late, ago=36 * HOUR)
    await read_both(ingestor_db, alone, first_load_done=False)
    for cabinet_id in (late, alone):
        for order in (ONLY_STATISTICS, ONLY_FEED, {"is_cancel": True}, {"status": "cancel"}):
            await store(ingestor_db, cabinet_id, **order)
        assert await counted(ingestor_db, cabinet_id) == {}


async def test_what_ends_is_counted_no_more(ingestor: Ingestor, wb: Wbsim) -> None:
    """Read as ever; only the clock is put back."""
    sid = await wb.seller(name="apart", products=3)
    cabinet_id = await connect_cabinet(ingestor, wb, sid=sid)
    shop = wb.world.shops[sid]
    for resource in ("orders", "order_feed"):
        await ingestor.sync(resource)
    order = shop.place(shop.clock.now())
    for resource in ("orders", "order_feed"):
        await ingestor.sync(resource)
    shop.cancel(order, shop.clock.now())
    await ingestor.sync("order_feed")

    async def an_hour_later() -> dict[tuple[str, str], int]:
        await execute(ingestor.database, "UPDATE orders SET changed_at = changed_at - interval '1 hour'")
        return await counted(ingestor.database, cabinet_id)

    assert await an_hour_later() == {("orders", "is_cancel"): 1}
    told = len(await rows(ingestor.database, "SELECT 1 FROM outbox"))
    assert await an_hour_later() == {("orders", "is_cancel"): 1}
    assert len(await rows(ingestor.database, "SELECT 1 FROM outbox")) == told, "it is no event"
    await ingestor.sync("orders")
    assert await an_hour_later() == {}
