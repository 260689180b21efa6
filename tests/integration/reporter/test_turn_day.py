"""When the Moscow day turns, every period ends with the new day."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from reporter.figures import periods, stale
from reporter.jobs import turn_day as job
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs
from support.reporting import TODAY, an_order, cabinet_disconnected, dump, orders_updated
from support.rows import all_rows

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]
TOMORROW = TODAY + timedelta(days=1)


async def test_figures_are_those_that_a_fold_on_the_new_day_would_give(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale, turn_day: TurnDay
) -> None:
    orders = [an_order(cabinet_id, str(age), days_ago=age, nm_id=1 + age % 2) for age in (0, 6, 13, 29, 59, 89)]
    events = [orders_updated(cabinet_id, *orders), orders_updated(UUID(int=7), an_order(UUID(int=7), days_ago=6))]
    await fold(*events)
    await count_stale()
    assert await turn_day(TOMORROW) == 5
    turned = await dump(reporter_db, "analytics_cache")
    assert {row["period_end"] for row in await all_rows(reporter_db, "analytics_cache")} == {TOMORROW}

    for name in ("order_facts", "day_totals", "analytics_cache", "figure_days", "inbox"):
        async with reporter_db.transaction() as connection:
            await connection.exec_driver_sql(f"TRUNCATE {name}")
    await fold(*events, today=TOMORROW)
    await count_stale(today=TOMORROW)
    assert await dump(reporter_db, "analytics_cache") == turned


async def test_it_works_in_chunks(
    fold: Fold,
    reporter_db: Database,
    cabinet_id: UUID,
    count_stale: CountStale,
    turn_day: TurnDay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "CHUNK_ITEMS", 2)
    await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=n) for n in range(1, 6))))
    await count_stale()
    assert await turn_day(TOMORROW) == 6
    assert {row["period_end"] for row in await all_rows(reporter_db, "analytics_cache")} == {TOMORROW}


async def test_on_the_same_day_nothing_is_done(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale, turn_day: TurnDay
) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    await count_stale()
    before = await dump(reporter_db, "analytics_cache")
    assert await turn_day(TODAY) == 0
    assert await dump(reporter_db, "analytics_cache") == before


@pytest.mark.parametrize("tag_of", [lambda owner: cache_keys.analytics(owner, 1, 7), cache_keys.cabinet_items_tag])
async def test_cached_figures_are_stale(
    fold: Fold,
    cabinet_id: UUID,
    cache: Cache,
    count_stale: CountStale,
    turn_day: TurnDay,
    tag_of: Callable[[UUID], str],
) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    await count_stale()
    key = tag_of(cabinet_id)

    async def cached(value: str) -> str:
        async def load() -> str:
            return value

        return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

    assert [await cached("yesterday"), await cached("unused")] == ["yesterday", "yesterday"]
    await turn_day(TOMORROW)
    assert await cached("today") == "today"


async def test_a_crash_at_any_chunk_leaves_the_rest_to_the_next_process(
    fold: Fold,
    reporter_db: Database,
    cabinet_id: UUID,
    count_stale: CountStale,
    turn_day: TurnDay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(job, "CHUNK_ITEMS", 2)
    await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=n) for n in range(1, 6))))
    await count_stale()
    turn, turned = job.turn_chunk, 0

    async def crashing(*args: Any) -> list[int]:
        nonlocal turned
        if turned == 2:
            raise ConnectionError("killed")
        turned += 1
        return await turn(*args)

    monkeypatch.setattr(job, "turn_chunk", crashing)
    with capture_logs() as logs:
        await turn_day(TOMORROW)
    assert [line["event"] for line in logs] == ["day.turn_failed"]
    monkeypatch.setattr(job, "turn_chunk", turn)
    assert await turn_day(TOMORROW) == 2
    assert {row["period_end"] for row in await all_rows(reporter_db, "analytics_cache")} == {TOMORROW}


async def test_what_another_process_has_turned_is_left_alone(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale, turn_day: TurnDay
) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    await count_stale()
    await turn_day(TOMORROW)
    async with reporter_db.transaction() as connection:
        assert await job.turn_chunk(connection, cabinet_id, TOMORROW, 10) == []


async def test_a_disconnected_cabinet_is_not_turned(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale, turn_day: TurnDay
) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    await count_stale()
    await fold(cabinet_disconnected(cabinet_id))
    assert await turn_day(TOMORROW) == 0
    assert {row["period_end"] for row in await all_rows(reporter_db, "analytics_cache")} == {TODAY}


async def test_what_fails_holds_up_neither_the_other_items_nor_the_other_cabinets(
    fold: Fold,
    reporter_db: Database,
    cabinet_id: UUID,
    count_stale: CountStale,
    turn_day: TurnDay,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other, odd = UUID(int=7), UUID(int=8)
    for each in (cabinet_id, other, odd):
        await fold(orders_updated(each, *(an_order(each, str(n), nm_id=n) for n in (1, 2, 3))))
    await count_stale()
    rebuild = periods.rebuild

    async def failing(connection: AsyncConnection, of: UUID, nm_ids: Sequence[int], today: date) -> Any:
        if of == odd or (of == cabinet_id and 2 in nm_ids):
            raise ValueError("odd rows")
        return await rebuild(connection, of, nm_ids, today)

    async def old() -> set[tuple[UUID, int]]:
        found = await all_rows(reporter_db, "analytics_cache")
        return {(row["cabinet_id"], row["nm_id"]) for row in found if row["period_end"] == TODAY}

    async def broken(connection: AsyncConnection, of: UUID, *more: Any) -> None:
        if of == odd:
            raise ValueError("odd rows")
        await mark_cells(connection, of, *more)

    monkeypatch.setattr(periods, "rebuild", failing)
    mark_cells = stale.mark_cells
    monkeypatch.setattr(stale, "mark_cells", broken)
    await turn_day(TOMORROW)
    await count_stale(today=TOMORROW)
    assert await old() == {(cabinet_id, 2), *((odd, nm_id) for nm_id in range(4))}
    monkeypatch.setattr(periods, "rebuild", rebuild)
    await turn_day(TOMORROW)
    await count_stale(today=TOMORROW)
    assert await old() == set()
