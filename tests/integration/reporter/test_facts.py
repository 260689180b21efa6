"""Facts of every source: the newest revision of each row, in as few statements for many as for one."""

import itertools
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from contracts.envelope import Origin
from contracts.prices import PricesUpdatedV1
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1
from reporter.facts.newer_rows import Facts
from reporter.handlers.facts_updated import KEPT
from servicekit.db import Database
from support.any_rows import FACT_TABLES, SOURCES, a_row, an_event
from support.reporting import NOON, TODAY, cabinet_disconnected, dump
from support.rows import all_rows, count, rows, statements

Fold = Callable[..., Awaitable[set[str]]]
CABINET = UUID(int=1)
MARKS = ("stale_cabinets", "stale_cells", "stale_sections")
every_source = pytest.mark.parametrize("facts", KEPT.values(), ids=lambda facts: facts.table.name)
PICTURES = ("photos", "video", "videos")
STATEMENTS = 3
"""Note the event as handled, hold the cabinet if it is connected, store."""
LOOKS = {"claims": 4}
"""Those of a look at alerts that finds nothing: what is open, and in a savepoint what is there."""


@every_source
async def test_as_many_statements_for_one_row_as_for_five_hundred(
    facts: Facts, fold: Fold, reporter_db: Database
) -> None:
    async def sent(size: int) -> int:
        chance = random.Random(size)
        some = (a_row(facts, UUID(int=size), n, 1, chance) for n in range(size))
        # Live sales tell steps of orders besides (test_told_steps.py).
        event = an_event(facts, UUID(int=size), *some, origin=Origin.BACKFILL)
        with statements(reporter_db) as seen:
            await fold(event)
        return len(seen)

    assert await sent(1) == await sent(500) == STATEMENTS + LOOKS.get(facts.table.name, 0)
    assert {row["n"] for row in await rows(reporter_db, f"SELECT count(*) AS n FROM {facts.table.name}")} == {501}


@every_source
async def test_a_row_is_stored_as_it_was_told(facts: Facts, fold: Fold, reporter_db: Database) -> None:
    told = a_row(facts, CABINET, 0, 1, random.Random(1), change="new")
    await fold(an_event(facts, CABINET, told))
    [row] = await all_rows(reporter_db, facts.table.name)
    fields = set(facts.row.model_fields) - {"change", "previous", *PICTURES}
    assert fields == row.keys() - {"cabinet_id", "gone", "day", "order_id"} | (fields & {"day", "order_id"})
    stored = {name: row[name] for name in fields}
    if "currency" in fields and told.model_dump()["currency"] is None:
        # ADR 0016
        assert stored.pop("currency") in {None, "RUB"}
    assert facts.row.model_validate({**told.model_dump(), **stored}) == told
    assert row.get("gone", False) is False


@every_source
async def test_events_of_a_disconnected_cabinet_are_void(facts: Facts, fold: Fold, reporter_db: Database) -> None:
    await fold(cabinet_disconnected(CABINET), an_event(facts, CABINET, a_row(facts, CABINET, 0, 1, random.Random(1))))
    assert await dump(reporter_db, *FACT_TABLES, *MARKS) == ""


class TestGone:
    """What its source lists no more stays as it was, and says so; of stock nothing is left."""

    @pytest.mark.parametrize(
        "facts", [facts for facts in KEPT.values() if "gone" in facts.table.columns], ids=lambda facts: facts.table.name
    )
    async def test_the_row_stays(self, facts: Facts, fold: Fold, reporter_db: Database) -> None:
        for revision, change in ((2, "gone"), (1, "new")):
            told = a_row(facts, CABINET, 0, revision, random.Random(1), change=change)
            await fold(an_event(facts, CABINET, told))
        [row] = await all_rows(reporter_db, facts.table.name)
        assert (row["gone"], row["revision"]) == (True, 2)

    async def test_what_is_listed_again_is_there_again(self, fold: Fold, reporter_db: Database) -> None:
        facts = SOURCES[PricesUpdatedV1]
        for n, how in enumerate(("new", "gone", "changed"), start=1):
            await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, n, random.Random(n), change=how)))
        [row] = await all_rows(reporter_db, "prices")
        assert row["gone"] is False


class TestHistory:
    @pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3, 4))), ids=str)
    async def test_of_stock_the_most_of_each_day_and_what_was_left_whatever_comes_first(
        self, fold: Fold, reporter_db: Database, order: tuple[int, ...]
    ) -> None:
        said = {1: (NOON, 1), 2: (NOON + timedelta(hours=1), 7), 3: (NOON + timedelta(hours=2), 0)}
        said[4] = (NOON + timedelta(days=2), 5)
        told = {StocksUpdatedV1: "wb", SellerStocksUpdatedV1: "own"}
        for event, source in told.items():
            facts = SOURCES[event]
            place = {"nm_id": 1, "chrt_id": 10, "warehouse_id": 100}
            revisions = [
                a_row(
                    facts, CABINET, 0, n, random.Random(1), **place, quantity=said[n][1], observed_at=said[n][0],
                    change="gone" if n == 3 else "changed",
                )
                for n in order
            ]  # fmt: skip
            await fold(an_event(facts, CABINET, revisions[0]), an_event(facts, CABINET, *revisions[1:]))
            await fold(an_event(facts, CABINET, *revisions))
            found = await rows(
                reporter_db, "SELECT * FROM stock_days WHERE source = :source ORDER BY day", source=source
            )
            assert [(r["day"], r["most"], r["quantity"], r["revision"], r["observed_at"]) for r in found] == [
                (TODAY, 7, 0, 3, said[3][0]), (TODAY + timedelta(2), 5, 5, 4, said[4][0]),
            ]  # fmt: skip
            names = {(r["nm_id"], r["chrt_id"], r["barcode"], r["tech_size"], r["warehouse"]) for r in found}
            assert names == {(1, 10, "", "", "100")}

    async def test_of_remains_only_what_is_at_a_warehouse(self, fold: Fold, reporter_db: Database) -> None:
        facts = SOURCES[StockRemainsUpdatedV1]
        kinds = ("warehouse", "to_client", "from_client", "total")
        remains = [
            a_row(facts, CABINET, n, 1, random.Random(1), nm_id=1, kind=kind, barcode="b", tech_size="S", quantity=n)
            for n, kind in enumerate(kinds)
        ]
        await fold(an_event(facts, CABINET, *remains))
        assert await count(reporter_db, "stock_remains") == 4
        [row] = await all_rows(reporter_db, "stock_days")
        assert (row["source"], row["chrt_id"], row["barcode"], row["tech_size"], row["warehouse"], row["quantity"]) == (
            ("remains", 0, "b", "S", "key 0", 0)
        )

    async def test_of_prices_every_revision_too(self, fold: Fold, reporter_db: Database) -> None:
        facts = SOURCES[PricesUpdatedV1]
        for n in (2, 1):
            row = a_row(facts, CABINET, 0, n, random.Random(n), discounted_price=100 * n, change="changed")
            await fold(an_event(facts, CABINET, row))
        found = await rows(reporter_db, "SELECT * FROM price_history ORDER BY revision")
        assert [(row["discounted_price"], row["changed_at"]) for row in found] == [(100, NOON), (200, NOON)]
