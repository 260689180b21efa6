"""A backfill only marks what it touches; its figures are built once, in chunks, and live events are right meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.analytics import AnalyticsUpdatedV1
from contracts.envelope import Event, Origin
from contracts.items import Section
from contracts.orders import OrdersReportedV1
from reporter.figures import items, periods, stale, totals
from reporter.jobs import count_cells as job
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import TextClause, text
from sqlalchemy import event as sqlalchemy_event
from support.outbox_rows import published
from support.reporting import TODAY, an_order, cabinet_disconnected, dump, orders_updated
from support.rows import all_rows

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
FIGURES = ("day_totals", "analytics_cache")


def a_load(cabinet_id: UUID, *, orders: int = 60, products: int = 7, event: int = 10) -> list[Event[Any]]:
    """A first load, oldest orders first, the last ones of today."""
    made = [
        an_order(cabinet_id, f"load-{n}", nm_id=1 + n % products, days_ago=(orders - 1 - n) // 3, price=str(n))
        for n in range(orders)
    ]
    return [
        orders_updated(cabinet_id, *made[first : first + event], origin=Origin.BACKFILL)
        for first in range(0, orders, event)
    ]


def as_live(events: list[Event[Any]]) -> list[Event[Any]]:
    return [event.model_copy(update={"origin": Origin.LIVE, "id": uuid4()}) for event in events]


async def stale_rows(database: Database) -> tuple[int, int]:
    return len(await all_rows(database, "stale_cells")), len(await all_rows(database, "stale_cabinets"))


async def figure(database: Database, nm_id: int, days: int = 90, cabinet_id: UUID | None = None) -> int | None:
    found = [r for r in await all_rows(database, "analytics_cache") if cabinet_id in (None, r["cabinet_id"])]
    return next((r["orders"] for r in found if (r["nm_id"], r["period_days"]) == (nm_id, days)), None)


class TestBackfill:
    @pytest.mark.parametrize("origin", [Origin.BACKFILL, Origin.REPLAY])
    async def test_nothing_is_written_for_those_who_are_not_told(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, origin: Origin
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=3), origin=origin))
        assert len(await all_rows(reporter_db, "order_facts")) == 1
        assert await all_rows(reporter_db, "outbox") == []

    async def test_its_figures_are_those_of_live_events_byte_for_byte(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        events = a_load(cabinet_id)
        await fold(*events)
        await count_stale()
        assert await stale_rows(reporter_db) == (0, 0)
        loaded = await dump(reporter_db, *FIGURES)
        for name in (*FIGURES, "order_facts", "inbox", "outbox"):
            async with reporter_db.transaction() as connection:
                await connection.exec_driver_sql(f"TRUNCATE {name}")
        await fold(*as_live(events))
        await count_stale()
        assert await dump(reporter_db, *FIGURES) == loaded

    async def test_todays_totals_are_right_at_once(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        await fold(*a_load(cabinet_id, orders=9, products=2, event=3))  # three orders a day, the last three of today
        totals = {(r["nm_id"], r["day"]): r["orders"] for r in await all_rows(reporter_db, "day_totals")}
        assert totals == {(1, TODAY): 2, (2, TODAY): 1, (0, TODAY): 3}

    async def test_each_product_is_told_once_however_many_events_it_was_in(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        await fold(*a_load(cabinet_id))
        await count_stale()
        told = await published(reporter_db, AnalyticsUpdatedV1.TYPE)
        keys = [(figure.nm_id, figure.period_days) for event in told for figure in event.data.figures]
        assert sorted(keys) == sorted((nm_id, days) for nm_id in range(8) for days in (7, 14, 30, 60, 90))
        assert {event.origin for event in told} == {Origin.BACKFILL}

    async def test_an_order_that_moves_to_another_product_is_counted_where_it_is_now(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=2)))
        moved = an_order(cabinet_id, days_ago=2, nm_id=2, revision=2, change="changed")
        await fold(orders_updated(cabinet_id, moved, origin=Origin.BACKFILL))
        await count_stale()
        assert [await figure(reporter_db, nm_id) for nm_id in (0, 1, 2)] == [1, None, 1]


class TestLiveEventsMeanwhile:
    async def test_their_message_has_the_figures_of_everything_folded(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(*a_load(cabinet_id, orders=9, products=2, event=3))
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "now")))
        [event] = await published(reporter_db, OrdersReportedV1.TYPE)
        [order] = event.data.orders
        assert (order.shop_today.orders, order.product_today.orders) == (4, 3)

    async def test_their_figures_wait_for_a_load_of_the_same_cabinet_and_for_no_other(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        other = uuid4()
        await fold(*a_load(cabinet_id, orders=9, products=2, event=3))
        for each in (cabinet_id, other):
            await fold(orders_updated(each, an_order(each, "now"), an_order(each, "other", nm_id=5)))
        assert await count_stale(quiet=3600) > 3
        told = await published(reporter_db, AnalyticsUpdatedV1.TYPE)
        assert {(event.cabinetid, event.origin) for event in told} == {(other, Origin.LIVE)}
        await count_stale()
        assert [await figure(reporter_db, nm_id, cabinet_id=cabinet_id) for nm_id in (0, 1, 2, 5)] == [11, 6, 4, 1]

    async def test_a_change_folded_before_its_own_backfill_row_stays(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        cancelled = an_order(cabinet_id, days_ago=1, revision=2, is_cancel=True, change="cancelled")
        await fold(orders_updated(cabinet_id, cancelled))
        await count_stale()
        before = await dump(reporter_db, "order_facts", *FIGURES)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=1), origin=Origin.BACKFILL))
        assert await stale_rows(reporter_db) == (0, 0)
        await count_stale()
        assert await dump(reporter_db, "order_facts", *FIGURES) == before


class TestCounting:
    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(job, "CHUNK_CELLS", 2)
        monkeypatch.setattr(job, "CHUNK_DAYS", 2)

    async def test_a_crash_at_any_chunk_leaves_the_rest_to_the_next_process(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: Any
    ) -> None:
        await fold(*a_load(cabinet_id))
        await count_stale()
        expected = await dump(reporter_db, *FIGURES)
        for crash_at in range(40):
            await self.forget_figures(reporter_db, cabinet_id)
            left, count = crash_at, job.count_chunk

            async def crashing(*args: Any, count: Any = count, **more: Any) -> job.Chunk:
                nonlocal left
                chunk: job.Chunk = await count(*args, **more)
                left -= 1
                if left < 0:
                    raise ConnectionError("killed")
                return chunk

            monkeypatch.setattr(job, "count_chunk", crashing)
            await count_stale()
            monkeypatch.setattr(job, "count_chunk", count)
            if left >= 0:
                break  # there were fewer chunks
            assert await stale_rows(reporter_db) > (0, 0)
            await count_stale()
            assert await dump(reporter_db, *FIGURES) == expected
        assert crash_at > 10

    async def forget_figures(self, database: Database, cabinet_id: UUID) -> None:
        async with database.transaction() as connection:
            for name in FIGURES:
                await connection.exec_driver_sql(f"DELETE FROM {name}")
            await connection.exec_driver_sql(
                f"INSERT INTO stale_cabinets VALUES ('{cabinet_id}', 'cells', '-infinity', '-infinity', false)"
            )
            await connection.exec_driver_sql(
                "INSERT INTO stale_cells SELECT DISTINCT cabinet_id, nm_id, day FROM order_facts"
            )

    async def test_live_events_pass_between_chunks(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: Any
    ) -> None:
        await fold(*a_load(cabinet_id))
        count, chunks, folded = job.count_chunk, 0, 0

        async def with_an_order_between(*args: Any, **more: Any) -> job.Chunk:
            nonlocal chunks
            chunks += 1
            chunk: job.Chunk = await count(*args, **more)
            return chunk

        invalidate = Cache.invalidate

        async def fold_one(cache: Cache, tags: Any) -> bool:
            nonlocal folded
            folded += 1
            await fold(orders_updated(cabinet_id, an_order(cabinet_id, f"between-{folded}", nm_id=1 + folded % 9)))
            return await invalidate(cache, tags)

        monkeypatch.setattr(job, "count_chunk", with_an_order_between)
        monkeypatch.setattr(Cache, "invalidate", fold_one)
        await count_stale()
        assert folded > chunks > 10
        monkeypatch.undo()
        await count_stale()
        assert await figure(reporter_db, 0) == 60 + folded

    async def test_a_load_that_goes_on_does_not_keep_it_from_ending(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: Any
    ) -> None:
        first, *more = a_load(cabinet_id, orders=300, products=5, event=5)
        await fold(first)
        invalidate = Cache.invalidate

        async def fold_more(cache: Cache, tags: Any) -> bool:
            await fold(more.pop(0))
            return await invalidate(cache, tags)

        monkeypatch.setattr(Cache, "invalidate", fold_more)
        await count_stale()
        assert len(more) > 20
        monkeypatch.undo()
        await fold(*more)
        await count_stale()
        assert await figure(reporter_db, 0) == 270  # 90 days of three a day
        assert await stale_rows(reporter_db) == (0, 0)

    async def test_it_waits_until_the_load_is_quiet_but_not_for_ever(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        await fold(*a_load(cabinet_id))
        assert await count_stale(quiet=3600, longest=3600) == 0
        assert await stale_rows(reporter_db) > (0, 1)
        assert await count_stale(quiet=3600, longest=0) > 0
        assert await stale_rows(reporter_db) == (0, 0)

    async def test_a_cabinet_that_fails_holds_up_no_other(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: Any
    ) -> None:
        others = [uuid4(), uuid4()]
        for each in (others[0], cabinet_id, others[1]):
            await fold(*a_load(each, orders=6, event=6))
        count = totals.count_items

        async def failing(connection: Any, each: UUID, cells: Any) -> None:
            if each == cabinet_id:
                raise ValueError("odd rows")
            await count(connection, each, cells)

        monkeypatch.setattr(totals, "count_items", failing)
        await count_stale()
        counted = {row["cabinet_id"] for row in await all_rows(reporter_db, "analytics_cache")}
        assert counted == set(others)
        assert {row["cabinet_id"] for row in await all_rows(reporter_db, "stale_cells")} == {cabinet_id}

    async def test_a_disconnected_cabinet_is_not_counted(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        await fold(*a_load(cabinet_id), cabinet_disconnected(cabinet_id))
        await count_stale()
        assert await all_rows(reporter_db, "analytics_cache") == []

    @pytest.mark.parametrize("tag_of", [lambda owner: cache_keys.analytics(owner, 1, 90), cache_keys.cabinet_items_tag])
    async def test_cached_figures_are_cleared(
        self, fold: Fold, count_stale: CountStale, cache: Cache, cabinet_id: UUID, tag_of: Callable[[UUID], str]
    ) -> None:
        key = tag_of(cabinet_id)

        async def cached(value: str) -> str:
            async def load() -> str:
                return value

            return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

        await cached("before")
        await fold(*a_load(cabinet_id))
        assert await cached("unused") == "before"
        await count_stale()
        assert await cached("after") == "after"

    async def test_statements_do_not_grow_with_what_is_stale(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(job, "CHUNK_CELLS", 1000)
        monkeypatch.setattr(job, "CHUNK_DAYS", 1000)
        executed: list[str] = []
        engine = reporter_db.engine.sync_engine
        sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *args: executed.append(args[2]))

        async def statements(orders: int) -> int:
            each = uuid4()
            await fold(*a_load(each, orders=orders, event=500))
            executed.clear()
            await count_stale()
            return len(executed)

        assert await statements(60) == await statements(300)  # so many that some are mature in either

    async def test_the_day_may_turn_before_they_are_counted(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
    ) -> None:
        tomorrow: date = TODAY + timedelta(days=1)
        await fold(*a_load(cabinet_id, orders=9, products=2, event=3))
        await count_stale(today=tomorrow)
        assert {row["period_end"] for row in await all_rows(reporter_db, "analytics_cache")} == {tomorrow}
        assert await figure(reporter_db, 0, 7) == 9


FILLED = (
    f"INSERT INTO day_totals (cabinet_id, nm_id, day, {', '.join(totals.SUMS)}) "
    f"SELECT :cabinet_id, n, CAST(:today AS date) - d, {', '.join('1' for _ in totals.SUMS)} "
    "FROM generate_series(1, 300) AS n, generate_series(0, 29) AS d",
    f"INSERT INTO analytics_cache (cabinet_id, nm_id, period_days, period_end, {', '.join(periods.NAMES)}) "
    f"SELECT :cabinet_id, n, p, CAST(:today AS date), {', '.join('1' for _ in periods.NAMES)} "
    "FROM generate_series(1, 300) AS n, unnest(ARRAY[7, 14, 30, 60, 90]) AS p",
    "INSERT INTO stale_sections (cabinet_id, nm_id, section) "
    "SELECT :cabinet_id, n, s FROM generate_series(1, 300) AS n, unnest(CAST(:all_sections AS text[])) AS s",
    "INSERT INTO item_figures (cabinet_id, nm_id, section, currency, as_of, body) "
    "SELECT :cabinet_id, nm_id, section, '', CAST(:today AS date), '{}' FROM stale_sections",
)
"""300 items with 30 days each."""
COUNTS = {
    "periods": periods._REBUILD,
    "unmarked": stale._UNMARK,
    "written sections": items._WRITE,
}


@pytest.mark.parametrize("statement", COUNTS.values(), ids=COUNTS)
async def test_what_is_looked_at_does_not_grow_with_the_cabinet_even_without_statistics(
    reporter_db: Database, cabinet_id: UUID, statement: TextClause
) -> None:
    three, sections = [1, 2, 3], [Section.BUYOUT] * 3
    values = {
        "cabinet_id": cabinet_id, "today": TODAY, "nm_ids": three, "all_sections": sorted(Section),
        "edges": periods._EDGES, "periods": [7], "ends": [1], "ends_before": [2],
        "sections": sections, "marked_by": three, "currencies": [""] * 3, "bodies": ["{}"] * 3,
        "asked_nm_ids": three, "asked_sections": sections, "of_all_items": [],
    }  # fmt: skip
    async with reporter_db.transaction() as connection:
        for filled in FILLED:
            await connection.execute(text(filled), values)
        found: Any = await connection.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}"), values)
    assert rows_looked_at(found[0]["Plan"]) <= 3 * 30 * 3


def rows_looked_at(node: dict[str, Any]) -> int:
    """Rows that scans of tables found, kept or not."""
    found = node["Actual Rows"] + node.get("Rows Removed by Filter", 0) if "Relation Name" in node else 0
    return int(found * node["Actual Loops"] + sum(map(rows_looked_at, node.get("Plans", ()))))
