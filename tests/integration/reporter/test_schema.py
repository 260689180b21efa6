"""The migrated schema is what the code says, and shows others only what they may see."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import alembic.command
import pytest
from contracts.orders import OrderSnapshot
from reporter.tables import analytics_cache, order_facts, products
from servicekit.db import Database
from servicekit.migrations import alembic_config
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from support.databases import Databases, connect, migrations_of
from support.reporting import an_order, orders_updated, products_updated

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


@pytest.fixture
async def gateway(databases: Databases) -> AsyncIterator[Database]:
    """The database as the gateway's role sees it."""
    database = connect(databases.urls["gateway"])
    yield database
    await database.close()


async def seen(gateway: Database, view: str, *cabinet_ids: UUID) -> "list[dict[str, object]]":
    async with gateway.transaction() as connection:
        if cabinet_ids:
            ids = ",".join(map(str, cabinet_ids))
            await connection.execute(text("SELECT set_config('pulse.cabinet_ids', :ids, true)"), {"ids": ids})
        found = await connection.execute(text(f"SELECT * FROM reporter_published.{view}"))
        return [dict(row) for row in found.mappings()]


def test_the_migrations_give_the_tables_that_the_code_describes(databases: Databases, reporter_db: Database) -> None:
    alembic.command.check(alembic_config(migrations_of("reporter"), databases.urls["reporter"]))


async def test_the_migrations_can_be_undone(databases: Databases, reporter_db: Database) -> None:
    config = alembic_config(migrations_of("reporter"), databases.urls["reporter"])
    await asyncio.to_thread(alembic.command.downgrade, config, "base")
    await asyncio.to_thread(alembic.command.upgrade, config, "head")
    await asyncio.to_thread(alembic.command.check, config)


class TestPublishedViews:
    @pytest.mark.parametrize("view", ["orders", "analytics", "products"])
    async def test_only_the_callers_cabinets_are_seen(
        self, fold: Fold, count_stale: CountStale, gateway: Database, cabinet_id: UUID, view: str
    ) -> None:
        others = UUID(int=7)
        for owner in (cabinet_id, others):
            await fold(products_updated(owner), orders_updated(owner, an_order(owner)))
        await count_stale()
        assert await seen(gateway, view) == []
        assert {row["cabinet_id"] for row in await seen(gateway, view, cabinet_id)} == {cabinet_id}
        assert {row["cabinet_id"] for row in await seen(gateway, view, cabinet_id, others)} == {cabinet_id, others}

    async def test_they_show_whole_rows(
        self, fold: Fold, count_stale: CountStale, gateway: Database, cabinet_id: UUID
    ) -> None:
        await fold(products_updated(cabinet_id), orders_updated(cabinet_id, an_order(cabinet_id)))
        await count_stale()
        [order] = await seen(gateway, "orders", cabinet_id)
        assert set(order) == {*order_facts.columns.keys(), "state", "amount"} > set(OrderSnapshot.model_fields)
        assert set((await seen(gateway, "analytics", cabinet_id))[0]) == set(analytics_cache.columns.keys())
        assert set((await seen(gateway, "products", cabinet_id))[0]) == set(products.columns.keys())

    async def test_the_tables_themselves_are_closed(self, reporter_db: Database, gateway: Database) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with gateway.transaction() as connection:
                await connection.execute(text("SELECT * FROM reporter.order_facts"))

    async def test_a_page_of_orders_is_read_from_the_index(
        self, reporter_db: Database, gateway: Database, cabinet_id: UUID
    ) -> None:
        async with gateway.transaction() as connection:
            await connection.execute(
                text("SELECT set_config('pulse.cabinet_ids', :ids, true)"), {"ids": str(cabinet_id)}
            )
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = await connection.execute(
                text("""
                    EXPLAIN SELECT * FROM reporter_published.orders
                    WHERE cabinet_id = :cabinet_id AND (ordered_at, order_id) < (now(), :cabinet_id)
                    ORDER BY ordered_at DESC, order_id DESC LIMIT 50
                """),
                {"cabinet_id": cabinet_id},
            )
            lines = "\n".join(plan.scalars())
        assert "Index Scan Backward using order_facts_page" in lines
        assert "Sort" not in lines
