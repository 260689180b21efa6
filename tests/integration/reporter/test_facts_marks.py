"""What each source's rows are counted in is marked."""

import random
from collections.abc import Awaitable, Callable
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
from contracts.envelope import EventData, Origin
from contracts.fbs import FbsOrdersUpdatedV1
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.finance import FinanceUpdatedV1
from contracts.funnel import FunnelUpdatedV1
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.questions import QuestionsUpdatedV1
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1
from contracts.tariffs import TariffsBoxUpdatedV1, TariffsCommissionUpdatedV1, TariffsReturnUpdatedV1
from contracts.warehouses import OfficesUpdatedV1, WarehousesUpdatedV1
from reporter import tables
from servicekit.db import Database
from support.any_rows import SOURCES, a_row, an_event
from support.facts import put
from support.reporting import TODAY, dump
from support.rows import all_rows, count, execute, rows

Fold = Callable[..., Awaitable[set[str]]]
CABINET = UUID(int=1)
MARKS = ("stale_cabinets", "stale_cells", "stale_sections")


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
