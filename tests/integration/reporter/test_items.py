"""Sections of items: marked by whoever changes what they are made of, counted beside everything else, never half."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.items import Adverts, Rank, Reviews, Section
from contracts.model import Model
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import items, stale
from reporter.figures.due import Waits
from reporter.figures.pacing import Pace
from reporter.jobs import count_sections as job
from reporter.jobs.count_cells import count_cells
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.reporting import NOON, TODAY, an_order, cabinet_disconnected, orders_updated
from support.rows import all_rows, execute

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]
NOW = Waits(live=0, quiet=0, longest=0)
TOMORROW = TODAY + timedelta(days=1)


class Reading:
    """Sections that say how many orders an item has, and what somebody does while they are counted."""

    def __init__(self) -> None:
        self.meanwhile: Callable[[], Awaitable[Any]] | None = None
        self.asked: list[list[int]] = []

    async def reviews(
        self, connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
    ) -> items.Bodies:
        counted = await self._orders(connection, cabinet_id)
        self.asked.append(list(nm_ids))
        if self.meanwhile is not None:
            meanwhile, self.meanwhile = self.meanwhile, None
            await meanwhile()
        return {(nm_id, ""): reviews(counted[nm_id]) for nm_id in nm_ids if nm_id in counted}

    async def rank(
        self, connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
    ) -> items.Bodies:
        assert list(nm_ids) == [0]
        counted = await self._orders(connection, cabinet_id)
        return {(nm_id, ""): Rank(weeks=orders) for nm_id, orders in counted.items() if nm_id}

    async def _orders(self, connection: AsyncConnection, cabinet_id: UUID) -> dict[int, int]:
        rows = await connection.execute(
            text("SELECT nm_id, count(*) AS orders FROM order_facts WHERE cabinet_id = :id GROUP BY nm_id"),
            {"id": cabinet_id},
        )
        counted = {row.nm_id: row.orders for row in rows}
        return {0: sum(counted.values()), **counted}


def reviews(count: int) -> Model:
    return Reviews(
        rating=Decimal("5.00"),
        count=count,
        stars=(0, 0, 0, 0, count),
        bad_week=0,
        count_week=0,
        unanswered=0,
        unanswered_questions=0,
    )


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    found = Reading()
    monkeypatch.setattr(items, "COUNTS", {Section.REVIEWS: found.reviews, Section.RANK: found.rank})
    return found


async def mark(database: Database, cabinet_id: UUID, *nm_ids: int, sections: Any = (Section.REVIEWS,)) -> None:
    async with database.transaction() as connection:
        await stale.mark_sections(connection, cabinet_id, dict.fromkeys(sections, nm_ids), is_live=True, told=nm_ids)


async def counts(database: Database, section: Section = Section.REVIEWS) -> dict[int, int]:
    found = [row for row in await all_rows(database, "item_figures") if row["section"] == section]
    return {row["nm_id"]: row["body"].get("count", row["body"].get("weeks")) for row in found}


class TestCounting:
    async def test_marked_items_are_counted_and_then_their_cabinet(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=1 + n % 3) for n in range(4))))
        await mark(reporter_db, cabinet_id, 1, 2)
        await count_stale()
        assert await counts(reporter_db) == {0: 4, 1: 2, 2: 1}
        assert reading.asked == [[1, 2], [0]]
        assert {row["as_of"] for row in await all_rows(reporter_db, "item_figures")} == {TODAY}
        assert await all_rows(reporter_db, "stale_sections") == await all_rows(reporter_db, "stale_cabinets") == []

    async def test_an_order_marks_all_that_it_is_part_of(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await count_cells(reporter_db, cache, CabinetLocks(), Pace(), lambda: TODAY, NOW)
        marked = {(row["nm_id"], row["section"]) for row in await all_rows(reporter_db, "stale_sections")}
        of_orders = set(Section) - {Section.REVIEWS}
        assert marked == {(n, s) for n in (0, 1) for s in of_orders if (n, s) != (1, Section.RANK)}

    async def test_items_are_ranked_together_whichever_of_them_is_marked(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=1 + n % 3) for n in range(4))))
        await mark(reporter_db, cabinet_id, 3, sections=[Section.RANK])
        await count_stale()
        assert await counts(reporter_db, Section.RANK) == {1: 2, 2: 1, 3: 1}
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "1", nm_id=1, revision=2)))
        await count_stale()
        assert await counts(reporter_db, Section.RANK) == {1: 3, 3: 1}

    async def test_only_what_differs_is_written(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        told: list[dict[Section, set[int]]] = []

        async def after(_: AsyncConnection, each: UUID, counted: dict[Section, set[int]], **more: Any) -> None:
            assert (each, more) == (cabinet_id, {"today": TODAY, "now": NOON, "told": counted})
            told.append(counted)

        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b", nm_id=2)))
        await count_stale()
        await mark(reporter_db, cabinet_id, 1, 2)
        await count_stale(after_counting=after)
        before = await written(reporter_db)
        await mark(reporter_db, cabinet_id, 1, 2)
        await count_stale(after_counting=after)
        assert await written(reporter_db) == before
        assert told == [{Section.REVIEWS: {1, 2}}, {Section.REVIEWS: {0}}] * 2

    async def test_what_has_nothing_to_say_any_more_goes(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await mark(reporter_db, cabinet_id, 1)
        await count_stale()
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, nm_id=2, revision=2)))
        await mark(reporter_db, cabinet_id, 1, 2)
        await count_stale()
        assert await counts(reporter_db) == {0: 1, 2: 1}

    async def test_a_section_has_a_row_for_each_currency(
        self, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        currencies = ["KGS", "RUB"]

        async def adverts(_: Any, __: UUID, nm_ids: Sequence[int], ___: date) -> items.Bodies:
            return {(nm_id, code): Adverts(periods=(), campaigns=1) for nm_id in nm_ids for code in currencies}

        monkeypatch.setattr(items, "COUNTS", {Section.ADVERTS: adverts})
        for expected in ({"KGS", "RUB"}, {"RUB"}):
            await mark(reporter_db, cabinet_id, 1, sections=[Section.ADVERTS])
            await count_stale()
            rows = await all_rows(reporter_db, "item_figures")
            assert {(row["nm_id"], row["currency"]) for row in rows} == {(n, c) for n in (0, 1) for c in expected}
            currencies.remove(currencies[0])

    @pytest.mark.parametrize("tag_of", [lambda owner: cache_keys.item_figures(owner, 1), cache_keys.cabinet_items_tag])
    async def test_cached_answers_are_cleared(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, reading: Reading, cache: Cache,
        cabinet_id: UUID, tag_of: Callable[[UUID], str],
    ) -> None:  # fmt: skip
        key = tag_of(cabinet_id)

        async def cached(value: str) -> str:
            async def load() -> str:
                return value

            return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        assert [await cached("before"), await cached("unused")] == ["before", "before"]
        await mark(reporter_db, cabinet_id, 1)
        await count_stale()
        assert await cached("after") == "after"

    async def test_a_disconnected_cabinet_is_not_counted(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await mark(reporter_db, cabinet_id, 1)
        await fold(cabinet_disconnected(cabinet_id))
        await count_stale()
        assert await all_rows(reporter_db, "item_figures") == []

    async def test_statements_do_not_grow_with_items(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading
    ) -> None:
        executed: list[str] = []
        engine = reporter_db.engine.sync_engine
        sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *args: executed.append(args[2]))

        async def statements(size: int) -> int:
            each = uuid4()
            await fold(orders_updated(each, *(an_order(each, str(n), nm_id=n + 1) for n in range(size))))
            await count_stale()
            await mark(reporter_db, each, *range(1, size + 1))
            executed.clear()
            await count_stale()
            return len(executed)

        assert await statements(1) == await statements(40)


async def written(database: Database) -> list[tuple[int, int]]:
    async with database.transaction() as connection:
        found = await connection.execute(text("SELECT nm_id, CAST(CAST(xmin AS text) AS bigint) FROM item_figures"))
        return sorted((row[0], row[1]) for row in found)


class TestMeanwhile:
    async def test_what_changes_while_it_is_counted_is_counted_again(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await mark(reporter_db, cabinet_id, 1)

        async def order() -> None:
            await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b")))
            await mark(reporter_db, cabinet_id, 1)

        reading.meanwhile = order
        await count_stale()
        assert await counts(reporter_db) == {0: 2, 1: 2}
        assert reading.asked == [[1], [0], [1], [0]]

    async def test_who_read_earlier_does_not_overwrite_who_read_later(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await mark(reporter_db, cabinet_id, 1)

        async def order_and_count() -> None:
            await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b")))
            await mark(reporter_db, cabinet_id, 1)
            await count_stale()

        reading.meanwhile = order_and_count
        await count_stale()
        assert await counts(reporter_db) == {0: 2, 1: 2}
        assert await all_rows(reporter_db, "stale_sections") == []

    async def test_live_events_need_not_wait_until_it_is_counted(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await mark(reporter_db, cabinet_id, 1)
        folded: list[int] = []

        async def order() -> None:
            await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b")))
            folded.append(1)

        reading.meanwhile = order  # it would wait for itself if the cabinet were held
        await count_stale()
        assert folded == [1]

    async def test_a_crash_at_any_chunk_loses_no_mark(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(job, "CHUNK_MARKS", 2)
        await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=1 + n % 5) for n in range(9))))
        await count_stale()
        calls = [(stale, "next_sections"), (stale, "unmark"), (stale, "mark_sections"), (items, "write"),
                 (job, "finish")]  # fmt: skip
        crashes = 0
        for module, name in calls:
            for crash_at in range(20):
                async with reporter_db.transaction() as connection:
                    await connection.exec_driver_sql("DELETE FROM item_figures")
                await mark(reporter_db, cabinet_id, *range(1, 6))
                left, call = crash_at, getattr(module, name)

                async def crashing(*args: Any, call: Any = call, **more: Any) -> Any:
                    nonlocal left
                    done = await call(*args, **more)
                    left -= 1
                    if left < 0:
                        raise ConnectionError("killed")
                    return done

                monkeypatch.setattr(module, name, crashing)
                await count_stale()
                monkeypatch.setattr(module, name, call)
                if left >= 0:
                    break  # it was called less often
                crashes += 1
                await count_stale()
                assert await counts(reporter_db) == {0: 9, 1: 2, 2: 2, 3: 2, 4: 2, 5: 1}
        assert crashes > 15

    async def test_a_cabinet_that_fails_holds_up_no_other_and_is_tried_again_after_a_while(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, reading: Reading, cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        others = {uuid4(), uuid4()}
        for each in (cabinet_id, *others):
            await fold(orders_updated(each, an_order(each)))
            await mark(reporter_db, each, 1)

        async def failing(connection: AsyncConnection, each: UUID, *more: Any) -> items.Bodies:
            if each == cabinet_id:
                raise ValueError("odd rows")
            return await reading.reviews(connection, each, *more)

        async def reviewed() -> set[UUID]:
            return {row["cabinet_id"] for row in await all_rows(reporter_db, "item_figures")}

        monkeypatch.setattr(items, "COUNTS", {Section.REVIEWS: failing})
        await count_stale(quiet=3600)
        assert await reviewed() == others
        monkeypatch.setattr(items, "COUNTS", {Section.REVIEWS: reading.reviews})
        assert await count_stale() == 0
        await execute(reporter_db, "UPDATE stale_failures SET retry_at = now()")
        await count_stale()
        assert await reviewed() == {cabinet_id, *others}


class TestDayTurn:
    async def test_every_section_is_counted_as_of_the_new_day(
        self, fold: Fold, reporter_db: Database, count_stale: CountStale, turn_day: TurnDay, reading: Reading,
        cabinet_id: UUID,
    ) -> None:  # fmt: skip
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await mark(reporter_db, cabinet_id, 1)
        await count_stale()
        assert await turn_day(TOMORROW) == 2
        await count_stale(today=TOMORROW)
        assert {row["as_of"] for row in await all_rows(reporter_db, "item_figures")} == {TOMORROW}
        assert await turn_day(TOMORROW) == 0
