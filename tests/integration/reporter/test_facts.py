"""Facts of every source: the newest revision of each row, whatever order and however often events come."""

import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from contracts.adverts import (
    AdvertBalanceUpdatedV1,
    CampaignBidsUpdatedV1,
    CampaignBudgetsUpdatedV1,
    CampaignSpendUpdatedV1,
    CampaignStatsUpdatedV1,
    CampaignsUpdatedV1,
)
from contracts.claims import ClaimsUpdatedV1
from contracts.entered import CostsEnteredV1, LeadTimesEnteredV1, OtherCostsEnteredV1, PlanEnteredV1, TaxEnteredV1
from contracts.envelope import Event, EventData, Origin
from contracts.fbs import FbsOrdersUpdatedV1
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.finance import FinanceUpdatedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.funnel import FunnelUpdatedV1
from contracts.orders import OrdersUpdatedV1
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.questions import QuestionsUpdatedV1
from contracts.sales import SalesUpdatedV1
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1
from contracts.tariffs import TariffsBoxUpdatedV1, TariffsCommissionUpdatedV1, TariffsReturnUpdatedV1
from contracts.warehouses import OfficesUpdatedV1, WarehousesUpdatedV1
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.handlers.facts_updated import KEPT
from servicekit.db import Database
from sqlalchemy import text
from support.any_rows import SOURCES, a_row, an_event
from support.facts import put
from support.reporting import NOON, TODAY, cabinet_disconnected, dump
from support.rows import all_rows, count, execute, rows, statements

Fold = Callable[..., Awaitable[set[str]]]

CABINET = UUID(int=1)
TABLES = tuple(sorted({facts.table.name for facts in SOURCES.values()} | {"price_history", "stock_days", "sources"}))
MARKS = ("stale_cabinets", "stale_cells", "stale_sections")
every_source = pytest.mark.parametrize("facts", KEPT.values(), ids=lambda facts: facts.table.name)

TALLY: Counter[str] = Counter()
PICTURES = ("photos", "video", "videos")
STATEMENTS = 4
"""Hold the cabinet, see that it is connected, note the event as handled, store."""


@dataclass(frozen=True)
class History:
    """What sources said of some rows, and one way in which the events may come."""

    rows: Sequence[Event[Any]]
    """Each revision of each row in an event of its own."""
    deliveries: Sequence[Event[Any]]


@st.composite
def histories(draw: st.DrawFn, sources: Sequence[type[EventData]] = tuple(SOURCES)) -> History:
    chance = random.Random(draw(st.integers(0, 2**32)))
    each, deliveries = [], []
    for source in draw(st.lists(st.sampled_from(sources), min_size=1, max_size=6, unique=True)):
        facts = SOURCES[source]
        told = [
            a_row(facts, CABINET, key, revision, chance)
            for key in range(draw(st.integers(1, 2)))
            for revision in range(1, draw(st.integers(1, 3)) + 1)
        ]
        origin = draw(st.sampled_from(Origin))
        each += [an_event(facts, CABINET, row, origin=origin) for row in told]
        remaining = draw(st.permutations(told))
        while remaining:
            size = draw(st.integers(1, len(remaining)))
            deliveries.append(an_event(facts, CABINET, *remaining[:size], origin=origin))
            remaining = remaining[size:]
    freshness = draw(st.lists(st.sampled_from(_FRESHNESS), max_size=3))
    repeats = draw(st.lists(st.sampled_from(deliveries), max_size=3))
    copies = [event.model_copy(update={"id": UUID(int=n)}) for n, event in enumerate(repeats)]
    return History([*each, *freshness], draw(st.permutations([*deliveries, *repeats, *copies, *freshness])))


def _delayed(days: int, reason: str | None) -> Event[Any]:
    delay = DelayedResource(resource="orders", last_success_at=NOON - timedelta(days=days), reason=reason)
    return Event.new(DataDelayedV1(resources=(delay,)), cabinet_id=CABINET, time=NOON)


def _recovered(days: int, ago: int) -> Event[Any]:
    recovery = RecoveredResource(
        resource="orders", delayed_since=NOON - timedelta(days=days), recovered_at=NOON - timedelta(days=ago)
    )
    return Event.new(DataRecoveredV1(resources=(recovery,)), cabinet_id=CABINET, time=NOON)


_FRESHNESS = (_delayed(9, "429"), _recovered(9, 7), _delayed(5, None), _recovered(5, 4), _delayed(4, "500"))


async def forget_everything(database: Database) -> None:
    async with database.transaction() as connection:
        for table in (*(table.name for table in tables.metadata.sorted_tables), "inbox", "outbox"):
            await connection.execute(text(f"DELETE FROM {table}"))


async def digest(database: Database) -> str:
    """A hash of every table of facts."""
    return sha256((await dump(database, *TABLES)).encode()).hexdigest()


@given(history=histories())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_repeats_and_splits_give_the_same_bytes(
    history: History, fold: Fold, reporter_db: Database
) -> None:
    TALLY["histories"] += 1
    TALLY["deliveries"] += len(history.deliveries)
    await forget_everything(reporter_db)
    await fold(*history.deliveries)
    as_they_came = await digest(reporter_db)
    await forget_everything(reporter_db)
    await fold(*history.rows)
    assert await digest(reporter_db) == as_they_came


# What is counted of an order: by itself, and of its sales by the day of the sale.
_COUNTED = """
SELECT nm_id, day, CAST(array_agg(story ORDER BY story) AS text) AS stories FROM (
    SELECT nm_id, day, concat_ws('|', currency, state, price_with_disc, bought_price, for_pay, return_for_pay) AS story
    FROM order_lives
    UNION ALL
    SELECT nm_id, day, concat_ws('|', currency, is_return, price_with_disc, for_pay) FROM sales
) AS told GROUP BY nm_id, day
"""


async def counted(database: Database) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in await rows(database, _COUNTED)}


@given(history=histories(sources=(OrdersUpdatedV1, SalesUpdatedV1)))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_cell_that_a_change_is_counted_in_is_marked(
    history: History, fold: Fold, reporter_db: Database
) -> None:
    TALLY["marked"] += 1
    await forget_everything(reporter_db)
    for delivery in history.deliveries:
        before = await counted(reporter_db)
        await execute(reporter_db, "DELETE FROM stale_cells")
        await fold(delivery)
        changed = {cell[:2] for cell in before ^ await counted(reporter_db)}
        assert changed <= {(row["nm_id"], row["day"]) for row in await all_rows(reporter_db, "stale_cells")}


def test_what_was_tried_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\nfacts in any order: " + ", ".join(f"{number} {what}" for what, number in TALLY.items()))
    assert TALLY["histories"] >= 100


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

    assert await sent(1) == await sent(500) == STATEMENTS
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
    assert await dump(reporter_db, *TABLES, *MARKS) == ""


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


class TestMarks:
    """What each source's rows are counted in."""

    async def marked(self, database: Database) -> set[tuple[int, str]]:
        return {(row["nm_id"], row["section"]) for row in await all_rows(database, "stale_sections")}

    @pytest.mark.parametrize(
        ("event", "fields", "sections"),
        [
            (ProductsUpdatedV1, {}, {(1, "money"), (1, "stock"), (1, "velocity")}),
            (PricesUpdatedV1, {}, {(1, "money")}),
            (StocksUpdatedV1, {}, {(1, "stock"), (1, "velocity")}),
            (SellerStocksUpdatedV1, {}, {(1, "stock"), (1, "velocity")}),
            (StockRemainsUpdatedV1, {"kind": "warehouse"}, {(1, "stock"), (1, "velocity")}),
            (FeedbacksUpdatedV1, {"nm_id": 1}, {(1, "reviews")}),
            (FeedbacksUpdatedV1, {"nm_id": None}, {(0, "reviews")}),
            (QuestionsUpdatedV1, {"nm_id": 1}, {(1, "reviews")}),
            (FinanceUpdatedV1, {"nm_id": 1}, {(1, "money")}),
            (FinanceUpdatedV1, {"nm_id": None}, {(0, "money")}),
            (CampaignStatsUpdatedV1, {}, {(1, "adverts"), (1, "money")}),
            (AdvertBalanceUpdatedV1, {}, set()),
            (CampaignSpendUpdatedV1, {}, set()),
            (FunnelUpdatedV1, {}, set()),
            (ClaimsUpdatedV1, {}, set()),
            (FbsOrdersUpdatedV1, {}, set()),
            (CampaignBidsUpdatedV1, {}, set()),
            (WarehousesUpdatedV1, {}, set()),
            (OfficesUpdatedV1, {}, set()),
        ],
    )
    async def test_of_the_rows_own_item(
        self,
        event: type[EventData],
        fields: dict[str, Any],
        sections: set[tuple[int, str]],
        fold: Fold,
        reporter_db: Database,
    ) -> None:
        facts = SOURCES[event]
        told = an_event(facts, CABINET, a_row(facts, CABINET, 0, 1, random.Random(1), **fields))
        await fold(told)
        assert await self.marked(reporter_db) == sections
        for mark in MARKS:
            await execute(reporter_db, f"DELETE FROM {mark}")
        # Nothing new: nothing to be counted.
        await fold(told.model_copy(update={"id": UUID(int=2)}))
        assert await dump(reporter_db, *MARKS) == ""

    async def test_of_the_item_that_a_row_left(self, fold: Fold, reporter_db: Database) -> None:
        facts = SOURCES[FeedbacksUpdatedV1]
        for revision, nm_id in ((1, 1), (2, 2)):
            await execute(reporter_db, "DELETE FROM stale_sections")
            await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, revision, random.Random(1), nm_id=nm_id)))
        assert await self.marked(reporter_db) == {(1, "reviews"), (2, "reviews")}

    async def test_of_a_campaigns_items_also_of_those_that_left_it(self, fold: Fold, reporter_db: Database) -> None:
        campaigns = SOURCES[CampaignsUpdatedV1]
        for revision, nm_ids in ((1, (1, 2)), (2, (2, 3))):
            await execute(reporter_db, "DELETE FROM stale_sections")
            row = a_row(campaigns, CABINET, 0, revision, random.Random(1), nm_ids=nm_ids)
            await fold(an_event(campaigns, CABINET, row))
        both = ("adverts", "money")
        assert await self.marked(reporter_db) == {(nm_id, section) for nm_id in range(4) for section in both}
        await execute(reporter_db, "DELETE FROM stale_sections")
        budgets = SOURCES[CampaignBudgetsUpdatedV1]
        await fold(an_event(budgets, CABINET, a_row(budgets, CABINET, 0, 1, random.Random(1), advert_id=1)))
        assert await self.marked(reporter_db) == {(nm_id, "adverts") for nm_id in (0, 2, 3)}

    async def test_of_the_items_of_a_tariffs_subject(self, fold: Fold, reporter_db: Database) -> None:
        products = SOURCES[ProductsUpdatedV1]
        cards = [a_row(products, CABINET, n, 1, random.Random(n), subject_id=10 + n // 2) for n in range(3)]
        await fold(an_event(products, CABINET, *cards))
        await execute(reporter_db, "DELETE FROM stale_sections")
        facts = SOURCES[TariffsCommissionUpdatedV1]
        await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, 1, random.Random(1), subject_id=10)))
        assert await self.marked(reporter_db) == {(1, "money"), (2, "money")}

    @pytest.mark.parametrize(
        ("event", "sections"),
        [
            (TariffsBoxUpdatedV1, ("money", "regions")),
            (TariffsReturnUpdatedV1, ()),
            (WarehousesUpdatedV1, ("money", "regions")),
            (OfficesUpdatedV1, ("regions",)),
        ],
    )
    async def test_of_every_item_that_has_them_or_is_about_to(
        self, event: type[EventData], sections: tuple[str, ...], fold: Fold, reporter_db: Database
    ) -> None:
        for nm_id, section in ((1, "money"), (2, "regions"), (3, "reviews")):
            figure = {"nm_id": nm_id, "section": section, "currency": "", "as_of": TODAY, "body": {}}
            await put(reporter_db, tables.item_figures, CABINET, figure)
        products = SOURCES[ProductsUpdatedV1]
        await fold(an_event(products, CABINET, a_row(products, CABINET, 8, 1, random.Random(1))))
        before = await self.marked(reporter_db)
        await execute(reporter_db, "UPDATE stale_sections SET marked_by = '0'")
        facts = SOURCES[event]
        await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, 1, random.Random(1))))
        expected = {(1, "money"), (2, "regions"), (9, "money")}
        assert await self.marked(reporter_db) == before | {mark for mark in expected if mark[1] in sections}
        again = await rows(reporter_db, "SELECT nm_id, section FROM stale_sections WHERE marked_by <> '0'")
        assert {(row["nm_id"], row["section"]) for row in again} == {mark for mark in expected if mark[1] in sections}

    async def test_of_the_items_that_a_campaign_does_not_show_but_has_statistics_of(
        self, fold: Fold, reporter_db: Database
    ) -> None:
        stats, campaigns = SOURCES[CampaignStatsUpdatedV1], SOURCES[CampaignsUpdatedV1]
        await fold(an_event(stats, CABINET, a_row(stats, CABINET, 6, 1, random.Random(1), advert_id=1)))
        await execute(reporter_db, "DELETE FROM stale_sections")
        await fold(an_event(campaigns, CABINET, a_row(campaigns, CABINET, 0, 1, random.Random(1), nm_ids=(2,))))
        both = ("adverts", "money")
        assert await self.marked(reporter_db) == {(nm_id, section) for nm_id in (0, 2, 7) for section in both}

    async def test_of_the_items_that_what_is_entered_is_for(self, fold: Fold, reporter_db: Database) -> None:
        shown = [{"nm_id": item, "section": each} for item in (1, 2, 3) for each in ("money", "stock")]
        known: list[dict[str, Any]] = [{**figure, "currency": "", "as_of": TODAY, "body": {}} for figure in shown]
        await put(reporter_db, tables.item_figures, CABINET, *known)
        rank, every = {(0, "rank")}, range(4)
        for event, nm_id, sections in (
            (CostsEnteredV1, 2, {(2, "money")} | rank),
            (OtherCostsEnteredV1, 2, {(2, "money")} | rank),
            (OtherCostsEnteredV1, 0, {(n, "money") for n in every} | rank),
            (TaxEnteredV1, None, {(n, "money") for n in every} | rank),
            (LeadTimesEnteredV1, 2, {(2, "stock")}),
            (LeadTimesEnteredV1, 0, {(n, "stock") for n in every}),
            (PlanEnteredV1, 2, {(2, "plan")}),
            (PlanEnteredV1, 0, {(0, "plan")}),
        ):
            await execute(reporter_db, "DELETE FROM stale_sections")
            facts = SOURCES[event]
            item = {} if nm_id is None else {"nm_id": nm_id}
            await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, 1, random.Random(1), **item)))
            assert await self.marked(reporter_db) == sections, (event, nm_id)

    async def test_what_is_entered_is_no_source_whose_age_matters(self, fold: Fold, reporter_db: Database) -> None:
        facts = SOURCES[CostsEnteredV1]
        await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, 1, random.Random(1))))
        assert await count(reporter_db, "sources") == 0
        assert await count(reporter_db, "costs") == 1

    async def test_what_is_not_live_says_so_until_all_is_counted(self, fold: Fold, reporter_db: Database) -> None:
        facts = SOURCES[PricesUpdatedV1]
        live: list[bool] = []
        for n, origin in enumerate((Origin.LIVE, Origin.REPLAY, Origin.LIVE), start=1):
            await fold(an_event(facts, CABINET, a_row(facts, CABINET, 0, n, random.Random(n)), origin=origin))
            [cabinet] = await all_rows(reporter_db, "stale_cabinets")
            live.append(cabinet["is_live"])
        assert live == [True, False, False]
