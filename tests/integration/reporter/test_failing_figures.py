"""What cannot be counted fails alone: it stays stale, is tried again, and all beside it is counted and told."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsRaisedV1
from contracts.analytics import AnalyticsUpdatedV1
from contracts.items import Rank, Section
from reporter.alerts import engine
from reporter.alerts.alone import each_alone
from reporter.alerts.rule import Rule
from reporter.alerts.rules import RULES
from reporter.figures import items, periods, stale, stale_cells
from reporter.figures.failures import FAILED
from reporter.jobs import count_sections as job
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs
from support.alerting import ITEM, NOW, TODAY, bodies, reviews, size, stock
from support.item_figures import keep_figures
from support.outbox_rows import published
from support.reporting import an_order, cabinet_disconnected, orders_updated
from support.rows import all_rows, execute

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]

ITEMS = (1, 2, 3, 4, 5)
SECTIONS = (Section.PLAN, Section.REGIONS)
ODD = 3


class Counting:
    """Two sections, of which one cannot be counted of an item of a cabinet, for as long as it is `broken`."""

    def __init__(self, cabinet_id: UUID) -> None:
        self.cabinet_id = cabinet_id
        self.broken: Callable[[AsyncConnection], Awaitable[Rank]] | None = self.by_a_formula

    async def by_a_formula(self, _: AsyncConnection) -> Rank:
        raise ZeroDivisionError

    async def by_a_statement(self, connection: AsyncConnection) -> Rank:
        await connection.execute(text("SELECT 1 / 0"))
        raise AssertionError

    async def by_what_cannot_be_written(self, _: AsyncConnection) -> Rank:
        return Rank.model_construct(weeks="\x00")  # type: ignore[arg-type]  # as if it were read so

    async def whole(self, connection: AsyncConnection, of: UUID, nm_ids: Sequence[int], _: date) -> items.Bodies:
        return {(nm_id, ""): Rank(weeks=1) for nm_id in nm_ids}

    async def odd(self, connection: AsyncConnection, of: UUID, nm_ids: Sequence[int], _: date) -> items.Bodies:
        counted: dict[tuple[int, str], Any] = {(nm_id, ""): Rank(weeks=1) for nm_id in nm_ids}
        if of == self.cabinet_id and ODD in nm_ids and self.broken is not None:
            counted[ODD, ""] = await self.broken(connection)
        return counted


@pytest.fixture
def counting(cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch) -> Counting:
    made = Counting(cabinet_id)
    monkeypatch.setattr(items, "COUNTS", {Section.PLAN: made.whole, Section.REGIONS: made.odd})
    return made


async def mark(database: Database, cabinet_id: UUID, *nm_ids: int) -> None:
    async with database.transaction() as connection:
        wanted = dict.fromkeys(SECTIONS, nm_ids)
        await stale.mark_sections(connection, cabinet_id, wanted, is_live=True, told=nm_ids)


async def pauses_end(database: Database) -> None:
    await execute(database, "UPDATE stale_failures SET retry_at = now()")


async def of(database: Database, table: str, cabinet_id: UUID) -> set[tuple[int, str]]:
    found = await all_rows(database, table)
    return {(row["nm_id"], row.get("section", "")) for row in found if row["cabinet_id"] == cabinet_id}


EVERYTHING = {(nm_id, section.value) for nm_id in (0, *ITEMS) for section in SECTIONS}
THE_ODD = {(ODD, Section.REGIONS.value)}


class TestSections:
    @pytest.mark.parametrize("chunk", [2, 250])
    @pytest.mark.parametrize("how", ["by_a_formula", "by_a_statement", "by_what_cannot_be_written"])
    async def test_one_holds_up_no_other_and_is_counted_when_it_can_be(
        self, counting: Counting, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch, how: str, chunk: int,
    ) -> None:  # fmt: skip
        monkeypatch.setattr(job, "CHUNK_MARKS", chunk)
        counting.broken = getattr(counting, how)
        other = uuid4()
        for each in (other, cabinet_id):
            await mark(reporter_db, each, *ITEMS)
        before = FAILED.labels("items")._value.get()
        with capture_logs() as logs:
            await count_stale(quiet=3600)
        assert await of(reporter_db, "item_figures", other) == EVERYTHING
        assert await of(reporter_db, "item_figures", cabinet_id) == EVERYTHING - THE_ODD
        assert await of(reporter_db, "stale_sections", cabinet_id) == THE_ODD
        told = [(line["what"], line["nm_ids"]) for line in logs if line["event"] == "figures.set_aside"]
        assert told == [("regions", [ODD])]
        assert FAILED.labels("items")._value.get() == before + 1

        counting.broken = None
        assert await count_stale() == 0  # not before its pause is over
        await pauses_end(reporter_db)
        await count_stale()
        assert await of(reporter_db, "item_figures", cabinet_id) == EVERYTHING
        for table in ("stale_sections", "stale_cabinets", "stale_failures"):
            assert await all_rows(reporter_db, table) == []

    async def test_its_pauses_grow_up_to_an_hour(
        self, counting: Counting, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await mark(reporter_db, cabinet_id, ODD)
        pauses: list[float] = []
        since = set()
        for _ in range(13):
            await count_stale(live=0, quiet=2, longest=0)
            [row] = await all_rows(reporter_db, "stale_failures")
            pauses.append((row["retry_at"] - row["failed_at"]).total_seconds())
            since.add(row["stale_since"])
            await pauses_end(reporter_db)
        assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]
        assert row["failures"] == 13
        assert len(since) == 1

    async def test_what_comes_meanwhile_does_not_shorten_its_pause_and_is_counted(
        self, counting: Counting, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await mark(reporter_db, cabinet_id, ODD)
        await count_stale(quiet=3600)
        [before] = await all_rows(reporter_db, "stale_failures")
        await mark(reporter_db, cabinet_id, 1, ODD)
        await count_stale(quiet=3600)
        assert await all_rows(reporter_db, "stale_failures") == [before]
        assert (1, "regions") in await of(reporter_db, "item_figures", cabinet_id)
        assert await all_rows(reporter_db, "stale_cabinets") == []

    async def test_what_another_process_has_counted_is_not_waited_for(
        self, counting: Counting, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await mark(reporter_db, cabinet_id, ODD)
        await count_stale(quiet=3600)
        await execute(reporter_db, "DELETE FROM stale_sections")
        await pauses_end(reporter_db)
        await count_stale()
        assert await count_stale() == 0


class TestCells:
    @pytest.mark.parametrize("odd", [0, ODD])
    async def test_an_item_or_the_cabinet_holds_up_no_other(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch, odd: int,
    ) -> None:  # fmt: skip
        rebuild, whole = periods.rebuild, {0, *ITEMS}

        async def failing(connection: AsyncConnection, of: UUID, nm_ids: Sequence[int], today: date) -> Any:
            if odd in nm_ids:
                raise ValueError("odd rows")
            return await rebuild(connection, of, nm_ids, today)

        async def counted() -> set[int]:
            return {row["nm_id"] for row in await all_rows(reporter_db, "analytics_cache")}

        monkeypatch.setattr(periods, "rebuild", failing)
        await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=n) for n in ITEMS)))
        await count_stale(quiet=3600)
        assert await counted() == whole - {odd}
        told = {each.nm_id for event in await published(reporter_db, AnalyticsUpdatedV1.TYPE)
                for each in event.data.figures}  # fmt: skip
        assert told == whole - {odd}
        assert {row["nm_id"] for row in await all_rows(reporter_db, "stale_cells")} == {odd}
        assert await count_stale(quiet=3600) == 0

        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "later", days_ago=1)))
        await count_stale(quiet=3600)
        assert await counted() == whole - {odd}

        monkeypatch.setattr(periods, "rebuild", rebuild)
        await pauses_end(reporter_db)
        await count_stale()
        assert await counted() == whole
        for table in ("stale_cells", "stale_cabinets", "stale_failures"):
            assert await all_rows(reporter_db, table) == []

    async def test_a_cabinet_that_is_disconnected_meanwhile_is_left_alone(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        async def failing(*_: Any) -> Any:
            raise ValueError("odd rows")

        async def disconnected_first(*_: Any, **__: Any) -> list[int]:
            await fold(cabinet_disconnected(cabinet_id))
            return [ODD]

        await fold(orders_updated(cabinet_id, an_order(cabinet_id, nm_id=ODD)))
        monkeypatch.setattr(periods, "rebuild", failing)
        monkeypatch.setattr(stale_cells, "next_items", disconnected_first)
        await count_stale(quiet=3600)
        assert await all_rows(reporter_db, "stale_failures") == []
        assert await published(reporter_db, AnalyticsUpdatedV1.TYPE) == []


class TestRules:
    async def test_an_outage_is_no_rules_fault(self, reporter_db: Database, cabinet_id: UUID) -> None:
        async def work(rules: Collection[Rule]) -> None:
            raise ValueError("a rule") if len(rules) > 1 else ConnectionRefusedError

        with capture_logs() as logs, pytest.raises(ConnectionRefusedError):
            async with reporter_db.transaction() as connection:
                await each_alone(connection, cabinet_id, RULES, work)
        assert logs == []

    @pytest.mark.parametrize("part", ["facts", "store"])
    async def test_a_rule_whose_statement_fails_holds_up_no_other(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch, part: str
    ) -> None:
        ending = bodies(stock=stock(size(10, 2)), reviews=reviews("4.00", "4.90"))
        await keep_figures(reporter_db, cabinet_id, {key[1:]: body for key, body in ending.items()}, ITEM)
        store = engine._store

        async def failing(connection: AsyncConnection, of: UUID, steps: Any) -> Any:
            if any(step.alert.rule == "running_out" for step in steps):
                await connection.execute(text("SELECT 1 / 0"))
            return await store(connection, of, steps)

        if part == "facts":
            broken = text("SELECT 1 / 0 WHERE :cabinet_id = :cabinet_id AND :nm_ids = :nm_ids")
            odd = [replace(rule, facts=broken) if rule.name == "running_out" else rule for rule in RULES]
            monkeypatch.setattr(engine, "RULES", odd)
        else:
            monkeypatch.setattr(engine, "_store", failing)
        everything, told = dict.fromkeys(Section, (0, ITEM)), dict.fromkeys(Section, (ITEM,))
        with capture_logs() as logs:
            async with reporter_db.transaction() as connection:
                await engine.after_counting(connection, cabinet_id, everything, today=TODAY, now=NOW, told=told)
        assert [line["rule"] for line in logs if line["event"] == "alerts.rule_failed"] == ["running_out"]
        [event] = await published(reporter_db, AlertsRaisedV1.TYPE)
        assert [alert.rule for alert in event.data.alerts] == ["rating_drop"]
        monkeypatch.undo()
        async with reporter_db.transaction() as connection:
            later = NOW + timedelta(hours=1)
            await engine.after_counting(connection, cabinet_id, everything, today=TODAY, now=later, told=told)
        [_, event] = await published(reporter_db, AlertsRaisedV1.TYPE)
        assert [alert.rule for alert in event.data.alerts] == ["running_out"]
