"""Events as they should not come: with gaps, of another shop's items, from clocks that differ, of a later version."""

import json
import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.registry import UnreadableEvent, parse_event
from contracts.sales import SalesUpdatedV1
from contracts.tariffs import TariffsCommissionUpdatedV1
from reporter import tables
from reporter.cabinet_locks import CabinetLocks
from reporter.facts.newer_rows import Facts
from reporter.figures.due import Waits
from reporter.figures.pacing import Pace
from reporter.figures.parts import Part
from reporter.handlers.orders_updated import orders_updated as on_orders
from reporter.jobs.count_cells import count_cells
from reporter.jobs.count_sections import count_sections
from reporter.jobs.turn_day import turn_day as run_turn_day
from servicekit import clock
from servicekit.cache import Cache, connect_redis
from servicekit.db import Database
from support.any_rows import SOURCES, a_row, an_event
from support.clocks import machines
from support.databases import forget
from support.outbox_rows import published
from support.reporting import NOON, TODAY, an_order, orders_updated, products_updated
from support.rows import all_rows, rows
from support.shop_histories import history

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]

MINE, THEIRS = UUID(int=1), UUID(int=2)
EVERY_SOURCE = pytest.mark.parametrize("facts", SOURCES.values(), ids=lambda facts: facts.table.name)
NOW = Waits(live=0, quiet=0, longest=0)
MOMENTS = {"marked_at", "marked_by", "stale_since"}


async def forget_everything(database: Database) -> None:
    await forget(database, (table.name for table in tables.metadata.sorted_tables))


async def everything(database: Database, cabinet_id: UUID) -> dict[str, list[str]]:
    """Every row of the cabinet, but for when it was marked."""
    return {
        table.name: sorted(
            str({name: value for name, value in row.items() if name not in MOMENTS})
            for row in await rows(database, f"SELECT * FROM {table.name} WHERE cabinet_id = :id", id=cabinet_id)
        )
        for table in tables.metadata.sorted_tables
    }


@EVERY_SOURCE
async def test_a_revision_that_never_comes_is_not_waited_for(facts: Facts, fold: Fold, reporter_db: Database) -> None:
    first, last = (a_row(facts, MINE, 0, revision, random.Random(revision)) for revision in (1, 7))
    await fold(an_event(facts, MINE, first), an_event(facts, MINE, last))
    [row] = await all_rows(reporter_db, facts.table.name)
    await forget_everything(reporter_db)
    await fold(an_event(facts, MINE, last))
    assert await all_rows(reporter_db, facts.table.name) == [row]


@EVERY_SOURCE
def test_a_later_version_is_a_dead_letter_and_a_later_field_is_ignored(facts: Facts) -> None:
    event = an_event(facts, MINE, a_row(facts, MINE, 0, 1, random.Random(1)))
    body = json.loads(event.model_dump_json())
    for row in body["data"][facts.rows_field]:
        row["what_a_later_minor_version_adds"] = {"a": [1]}
    assert parse_event(json.dumps(body).encode()) == event
    body["type"] = event.type.replace(".v1", ".v2")
    with pytest.raises(UnreadableEvent, match="unknown event type"):
        parse_event(json.dumps(body).encode())


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_of_one_cabinet_reaches_another_that_has_the_same_items(
    fold: Fold, count_stale: CountStale, turn_day: TurnDay, reporter_db: Database, seed: int
) -> None:
    """Also of a card that moves to another cabinet: the one it left keeps what it knew, the other knows its own."""

    async def counted(*events: Event[Any]) -> None:
        await fold(*events)
        for today in (TODAY, TODAY + timedelta(days=1)):
            await turn_day(today)
            while await all_rows(reporter_db, "stale_cabinets"):
                assert await count_stale(today=today)

    def shop(cabinet_id: UUID, seed: int) -> list[Event[Any]]:
        chance = random.Random(seed)
        whole = [
            an_event(facts, cabinet_id, *(a_row(facts, cabinet_id, key, 1, chance) for key in range(6)))
            for facts in SOURCES.values()
        ]
        revised = history(cabinet_id, seed, events=25)
        return [*whole, *(event for event in revised if isinstance(event.data, OrdersUpdatedV1 | SalesUpdatedV1))]

    mine, theirs = shop(MINE, seed), shop(THEIRS, seed + 100)
    await counted(*mine)
    alone = await everything(reporter_db, MINE)
    assert alone["item_figures"]
    assert alone["analytics_cache"]
    await forget_everything(reporter_db)
    await counted(*(event for both in zip_longest(mine, theirs) for event in both if event is not None))
    together = await everything(reporter_db, MINE)
    for name, of_table in alone.items():
        assert together[name] == of_table, name
    assert (await everything(reporter_db, THEIRS))["item_figures"]


class TestAnItemChanges:
    @staticmethod
    async def counted(database: Database, count_stale: CountStale, *events: Event[Any], fold: Fold) -> dict[str, Any]:
        """The money of item 1 by currency, once everything is counted."""
        await fold(*events)
        while await all_rows(database, "stale_cabinets"):
            assert await count_stale()
        found = await rows(
            database,
            "SELECT currency, CAST(body AS text) AS body FROM item_figures WHERE nm_id = 1 AND section = 'money'",
        )
        return {row["currency"]: json.loads(row["body"]) for row in found}

    async def test_its_subject(self, fold: Fold, count_stale: CountStale, reporter_db: Database) -> None:
        here: dict[str, Any] = {"warehouse_name": "Коледино", "warehouse_type": "Склад WB"}
        commission, count = SOURCES[TariffsCommissionUpdatedV1], self.counted

        def rate(subject_id: int, percent: int, revision: int = 1) -> Event[Any]:
            told = a_row(
                commission, MINE, 0, revision, random.Random(1), subject_id=subject_id, paid_storage_kgvp=percent,
                change="changed",
            )  # fmt: skip
            return an_event(commission, MINE, told)

        def card(subject_id: int, revision: int) -> Event[Any]:
            return products_updated(MINE, subject_id=subject_id, revision=revision, change="changed")

        ordered = orders_updated(MINE, an_order(MINE, **here))
        money = await count(reporter_db, count_stale, rate(5, 20), rate(6, 30), card(5, 1), ordered, fold=fold)
        assert money["RUB"]["estimate"]["commission_percent"] == "20.00"
        money = await count(reporter_db, count_stale, card(6, 2), fold=fold)
        assert money["RUB"]["estimate"]["commission_percent"] == "30.00"
        money = await count(reporter_db, count_stale, rate(5, 21, 2), rate(6, 31, 2), card(5, 1), fold=fold)
        assert money["RUB"]["estimate"]["commission_percent"] == "31.00"

    async def test_its_currency(self, fold: Fold, count_stale: CountStale, reporter_db: Database) -> None:
        before = orders_updated(MINE, an_order(MINE, currency="RUB"))
        after = orders_updated(MINE, an_order(MINE, currency="KGS", revision=2, change="changed"))
        assert (await self.counted(reporter_db, count_stale, before, fold=fold)).keys() == {"RUB"}
        assert (await self.counted(reporter_db, count_stale, after, before, fold=fold)).keys() == {"KGS"}
        for table in ("day_totals", "analytics_cache"):
            assert {row["currency"] for row in await all_rows(reporter_db, table)} == {"KGS"}


class TestClocks:
    """Midnight in Moscow is ten minutes earlier or later for the reporter than for those who tell it something."""

    @pytest.mark.parametrize("ahead_minutes", [10, -10])
    @pytest.mark.parametrize("of_day", [0, 1])
    async def test_an_order_is_counted_on_its_own_day_whoever_thinks_which_day_it_is(
        self,
        reporter_db: Database,
        count_stale: CountStale,
        turn_day: TurnDay,
        ahead_minutes: int,
        of_day: int,
    ) -> None:
        midnight = NOON + timedelta(hours=12)
        ordered_at = midnight + timedelta(minutes=5 if of_day else -5)
        now = ordered_at + timedelta(minutes=ahead_minutes)
        seen_on = TODAY + timedelta(days=int(now >= midnight))
        day = TODAY + timedelta(days=of_day)
        event = orders_updated(MINE, an_order(MINE, ordered_at=ordered_at))
        event = event.model_copy(update={"time": ordered_at})
        async with reporter_db.transaction() as connection:
            await on_orders(connection, event, now)
        await count_stale(today=seen_on)
        await turn_day(TODAY + timedelta(days=1))
        while await all_rows(reporter_db, "stale_cabinets"):
            assert await count_stale(today=TODAY + timedelta(days=1))
        assert {(row["day"], row["orders"]) for row in await all_rows(reporter_db, "day_totals")} == {(day, 1)}
        for row in await all_rows(reporter_db, "analytics_cache"):
            assert (row["period_end"], row["orders"]) == (TODAY + timedelta(days=1), 1)
        [reported] = await published(reporter_db, OrdersReportedV1.TYPE)
        assert [order.step for order in reported.data.orders] == ["ordered"]

    @pytest.mark.parametrize("ahead_seconds", [600, -600])
    async def test_what_is_written_goes_by_the_clock_of_the_database(
        self, reporter_db: Database, monkeypatch: pytest.MonkeyPatch, ahead_seconds: float
    ) -> None:
        await machines(monkeypatch)(reporter_db, ahead_seconds)
        async with reporter_db.transaction() as connection:
            await on_orders(connection, orders_updated(MINE, an_order(MINE)), clock.now())
        [apart] = await rows(reporter_db, "SELECT extract(epoch FROM now() - max(created_at)) AS seconds FROM outbox")
        [event] = await published(reporter_db, OrdersReportedV1.TYPE)
        assert abs(apart["seconds"]) < 60
        [told] = await rows(
            reporter_db, "SELECT extract(epoch FROM now() - CAST(:at AS timestamptz)) AS seconds", at=event.time
        )
        assert abs(told["seconds"]) < 60


async def test_without_redis_everything_is_counted_and_the_day_turns(fold: Fold, reporter_db: Database) -> None:
    nobody_there = connect_redis("redis://127.0.0.1:1/0")
    cache, tomorrow = Cache(nobody_there), TODAY + timedelta(days=1)

    async def count(today: date) -> None:
        for _ in range(3):
            await count_cells(reporter_db, cache, CabinetLocks(), Pace(), lambda: today, NOW)
            waits = dict.fromkeys(Part, NOW)
            await count_sections(reporter_db, cache, CabinetLocks(), Pace(), lambda: today, lambda: NOON, waits=waits)

    await fold(orders_updated(MINE, an_order(MINE)))
    await count(TODAY)
    await run_turn_day(reporter_db, cache, CabinetLocks(), Pace(), tomorrow)
    await count(tomorrow)
    await nobody_there.aclose()
    assert await all_rows(reporter_db, "stale_cabinets") == []
    assert {(row["period_end"], row["orders"]) for row in await all_rows(reporter_db, "analytics_cache")} == {
        (tomorrow, 1)
    }
    assert {row["as_of"] for row in await all_rows(reporter_db, "item_figures")} == {tomorrow}
