"""What was rebuilt takes the place of what is in use: only what differs, and no reader sees a gap."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from contracts.orders import OrdersReportedV1
from reporter.rebuild import swapping
from reporter.rebuild.building import build
from reporter.rebuild.swapping import CannotSwap, Written, swap
from servicekit.db import Database
from sqlalchemy import event, text
from support.databases import Databases, connect
from support.driver_faults import Killed, killed, stepping
from support.outbox_rows import published
from support.rebuilding import Reporter
from support.reporting import NOON, a_stock, an_order, cabinet_disconnected, orders_updated, stocks_updated
from support.rows import all_rows, execute, rows
from support.shop_histories import history


async def swapped(reporter: Reporter, cabinet_id: UUID) -> Written:
    async with reporter.shadow() as shadow:
        built = await build(shadow, cabinet_id, reporter.now)
        return await swap(reporter.database, shadow, built, reporter.now)


async def damage(database: Database, cabinet_id: UUID) -> None:
    """Facts and figures are lost, wrong, and made up."""
    for statement in (
        "DELETE FROM order_facts WHERE cabinet_id = :id AND srid < 'b'",
        "UPDATE order_facts SET price_with_disc = 1 WHERE cabinet_id = :id",
        "UPDATE day_totals SET orders = orders + 5 WHERE cabinet_id = :id",
        "DELETE FROM analytics_cache WHERE cabinet_id = :id AND period_days > 7",
        "DELETE FROM item_figures WHERE cabinet_id = :id AND section > 'm'",
        "UPDATE item_figures SET nm_id = nm_id + 1000 WHERE cabinet_id = :id AND section < 'c'",
    ):
        await execute(database, statement, id=cabinet_id)


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_was_damaged_is_as_before(
    reporter: Reporter, cabinet_id: UUID, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "BATCH_ROWS", 2)
    await reporter.see(*history(cabinet_id, seed))
    await reporter.count()
    before = await reporter.everything(cabinet_id)
    await damage(reporter.database, cabinet_id)
    written = await swapped(reporter, cabinet_id)
    assert await reporter.everything(cabinet_id) == before
    assert {"order_facts", "day_totals", "analytics_cache", "item_figures"} <= written.rows.keys()
    assert written.nm_ids
    assert (await swapped(reporter, cabinet_id)).rows == {}


async def test_only_rows_that_differ_are_written(reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.see(*(orders_updated(cabinet_id, an_order(cabinet_id, srid)) for srid in "abc"))
    await reporter.count()
    versions = "SELECT nm_id, period_days, CAST(xmin AS text) AS version FROM analytics_cache ORDER BY 1, 2"
    before = await rows(reporter.database, versions)
    await execute(reporter.database, "UPDATE analytics_cache SET orders = 0 WHERE period_days = 7 AND nm_id = 1")
    written = await swapped(reporter, cabinet_id)
    assert written == Written({"analytics_cache": 1}, {1})
    after = await rows(reporter.database, versions)
    differing = [row for row, other in zip(after, before, strict=True) if row != other]
    assert [(row["nm_id"], row["period_days"]) for row in differing] == [(1, 7)]


async def test_a_reader_never_sees_the_cabinet_without_figures_nor_half_of_them(
    reporter: Reporter, cabinet_id: UUID, databases: Databases
) -> None:
    await reporter.see(*(orders_updated(cabinet_id, an_order(cabinet_id, str(n), nm_id=1 + n % 20)) for n in range(60)))
    await reporter.count()
    right = await _read(databases, cabinet_id, times=1)
    await execute(reporter.database, "UPDATE analytics_cache SET orders = orders + 1000")
    wrong = await _read(databases, cabinet_id, times=1)
    async with reporter.shadow() as shadow:
        built = await build(shadow, cabinet_id, NOON)
        reading = asyncio.create_task(_read(databases, cabinet_id, times=400))
        await asyncio.sleep(0.05)
        async with _slow_writes(reporter.database):
            await swap(reporter.database, shadow, built, NOON)
        seen = await reading
    assert seen == right | wrong


async def _read(databases: Databases, cabinet_id: UUID, *, times: int) -> set[str]:
    """What a reader of the published view sees, again and again."""
    gateway, seen = connect(databases.urls["gateway"]), set()
    try:
        for _ in range(times):
            async with gateway.transaction() as connection:
                await connection.execute(
                    text("SELECT set_config('pulse.cabinet_ids', :id, true)"), {"id": str(cabinet_id)}
                )
                found = await connection.execute(
                    text("SELECT CAST(a AS text) FROM reporter_published.analytics AS a ORDER BY 1")
                )
                seen.add("\n".join(found.scalars()))
            await asyncio.sleep(0.002)
    finally:
        await gateway.close()
    return seen


@asynccontextmanager
async def _slow_writes(database: Database) -> AsyncIterator[None]:
    """So slow that readers come in between."""

    def before(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        from sqlalchemy.util import await_only

        if "reporter.analytics_cache" in statement or "reporter.item_figures" in statement:
            await_only(asyncio.sleep(0.1))

    event.listen(database.engine.sync_engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", before)


async def test_what_comes_meanwhile_is_caught_up_before_the_swap(reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
    async with reporter.shadow() as shadow:
        built = await build(shadow, cabinet_id, NOON)
        await reporter.see(
            orders_updated(cabinet_id, an_order(cabinet_id, "b")),
            orders_updated(cabinet_id, an_order(cabinet_id, revision=2, is_cancel=True, change="cancelled")),
        )
        await reporter.count()
        before = await reporter.everything(cabinet_id)
        await swap(reporter.database, shadow, built, NOON)
    assert await reporter.everything(cabinet_id) == before


async def test_an_order_that_is_yet_to_be_handled_is_told_all_the_same(reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
    waiting = orders_updated(cabinet_id, an_order(cabinet_id, "b"))
    await reporter.log(waiting)
    await swapped(reporter, cabinet_id)
    await reporter.handle(waiting)
    told = [
        order.order.srid
        for each in await published(reporter.database, OrdersReportedV1.TYPE)
        for order in each.data.orders
    ]
    assert sorted(told) == ["a", "b"]


async def test_nobody_is_told_of_a_swap(reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.see(*history(cabinet_id, 3))
    await reporter.count()
    before = await rows(reporter.database, "SELECT count(*) AS n FROM outbox")
    await damage(reporter.database, cabinet_id)
    await swapped(reporter, cabinet_id)
    assert await rows(reporter.database, "SELECT count(*) AS n FROM outbox") == before


async def test_facts_that_the_log_has_not_are_never_lost(reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.handle(
        orders_updated(cabinet_id, an_order(cabinet_id, "old", nm_id=5, days_ago=60)),
        stocks_updated(cabinet_id, a_stock(3, nm_id=5)),
    )
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, "new")))
    newer = an_order(cabinet_id, "new", revision=2, is_cancel=True, change="cancelled")
    await reporter.handle(orders_updated(cabinet_id, newer))
    await reporter.count()
    before = await reporter.everything(cabinet_id)
    assert (await swapped(reporter, cabinet_id)).rows == {}
    assert await reporter.everything(cabinet_id) == before


async def test_killed_at_any_step_the_cabinet_has_figures_and_another_swap_ends_it(
    reporter: Reporter, cabinet_id: UUID
) -> None:
    await reporter.see(*(orders_updated(cabinet_id, an_order(cabinet_id, srid)) for srid in "abc"))
    await reporter.count()
    right = await reporter.everything(cabinet_id)
    seen: set[tuple[int, ...]] = set()

    async def damaged_and_swapped(killed_at: int) -> list[str]:
        await execute(reporter.database, "UPDATE analytics_cache SET orders = 1000")
        await execute(reporter.database, "UPDATE order_facts SET price_with_disc = 5 WHERE srid = 'a'")
        async with stepping(reporter.database) as stepper:
            stepper.at(killed, killed_at)
            with suppress(Killed):
                await swap(reporter.database, shadow, built, NOON)
            passed = list(stepper.passed)
        counts = await rows(reporter.database, "SELECT orders FROM analytics_cache ORDER BY 1")
        seen.add(tuple(row["orders"] for row in counts))
        await swap(reporter.database, shadow, built, NOON)
        assert await reporter.everything(cabinet_id) == right
        return passed

    async with reporter.shadow() as shadow:
        built = await build(shadow, cabinet_id, NOON)
        steps = len(await damaged_and_swapped(10**6))
        last = range(steps - 12, steps + 1)  # the transaction of the figures
        for number in (*range(1, steps, steps // 6), *last):
            await damaged_and_swapped(number)
    assert seen == {(1000,) * 10, (3,) * 10}


async def test_a_disconnected_cabinet_is_left_alone(reporter: Reporter, cabinet_id: UUID) -> None:
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
    async with reporter.shadow() as shadow:
        built = await build(shadow, cabinet_id, NOON)
        from reporter.handlers.cabinet_disconnected import cabinet_disconnected as disconnect

        async with reporter.database.transaction() as connection:
            await disconnect(connection, cabinet_disconnected(cabinet_id))
        await execute(reporter.database, "DELETE FROM order_facts")
        with pytest.raises(CannotSwap, match="was disconnected"):
            await swap(reporter.database, shadow, built, NOON)
    assert await all_rows(reporter.database, "order_facts") == []


async def test_columns_that_are_not_in_use_yet_cannot_be_swapped_in(
    reporter: Reporter, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)))
    async with reporter.shadow() as shadow:
        built = await build(shadow, cabinet_id, NOON)

        async def fewer(connection: Any, table: Any) -> list[str]:
            return [str(column.name) for column in table.columns][:-1]

        monkeypatch.setattr(swapping, "live_columns", fewer)
        with pytest.raises(CannotSwap, match="in use: migrate first"):
            await swap(reporter.database, shadow, built, NOON)
