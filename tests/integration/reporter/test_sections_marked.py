"""What a section is made of marks it: counted whenever, it says what it says when everything is counted at the end."""

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.adverts import CampaignBudgetsUpdatedV1, CampaignStatsUpdatedV1, CampaignsUpdatedV1
from contracts.entered import CostsEnteredV1, OtherCostsEnteredV1, TaxEnteredV1
from contracts.envelope import Event, EventData
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.finance import FinanceUpdatedV1
from contracts.items import Section
from contracts.orders import OrdersUpdatedV1
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.questions import QuestionsUpdatedV1
from contracts.sales import SalesUpdatedV1
from contracts.tariffs import TariffsBoxUpdatedV1, TariffsCommissionUpdatedV1
from contracts.warehouses import OfficesUpdatedV1, WarehousesUpdatedV1
from hypothesis import given
from hypothesis import strategies as st
from reporter import tables
from reporter.figures import stale
from servicekit.db import Database
from support.any_rows import SOURCES, a_row, an_event
from support.databases import forget
from support.fuzzing import stored
from support.reporting import NOON, TODAY, a_sale, an_order, dump, orders_updated, products_updated, sales_updated
from support.rows import all_rows, execute

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]

CABINET = UUID(int=1)
ITEMS = (0, 1, 2)
COUNTED = (Section.ADVERTS, Section.MONEY, Section.REGIONS, Section.REVIEWS)
HERE, THERE = "Центральный федеральный округ", "Приволжский федеральный округ"
WAREHOUSES = ("key 0", "key 1")
DAYS = (0, 1, 8, 40)

Values = dict[str, Sequence[Any]]
MEETING: dict[type[EventData], Values] = {
    OrdersUpdatedV1: {
        "ordered_at": [NOON - timedelta(days=days) for days in DAYS],
        "warehouse_name": WAREHOUSES,
        "warehouse_type": ("Склад WB", "Склад продавца"),
        "is_mp": (None, True, False),
        "oblast_okrug_name": (HERE, THERE, None),
        "spp": (None, 0, 24),
    },
    SalesUpdatedV1: {},
    PricesUpdatedV1: {},
    ProductsUpdatedV1: {"subject_id": (1, 2), "length": (10, None), "width": (20,), "height": (10, 15)},
    TariffsCommissionUpdatedV1: {"paid_storage_kgvp": (15, 20), "kgvp_marketplace": (None, 25)},
    TariffsBoxUpdatedV1: {"geo_name": (HERE,), "box_delivery_base": (40, 50), "box_delivery_liter": (10,)},
    OfficesUpdatedV1: {"name": WAREHOUSES, "federal_district": ("Центральный", "Приволжский")},
    WarehousesUpdatedV1: {"name": WAREHOUSES, "office_id": (1, 2)},
    CampaignsUpdatedV1: {"status": (9, 11)},
    CampaignBudgetsUpdatedV1: {},
    # An order after a click on another card: the campaign does not show the item.
    CampaignStatsUpdatedV1: {"advert_id": (1,), "views": (0, 5), "clicks": (0, 1), "orders": (0, 2)},
    FinanceUpdatedV1: {
        "seller_oper_name": ("Продажа", "Возврат", "Логистика"),
        "quantity": (1, 2),
        "delivery_amount": (0, 1),
        "return_amount": (0, 1),
        "rr_date": [TODAY - timedelta(days=days) for days in DAYS],
    },
    FeedbacksUpdatedV1: {"valuation": (1, 4, 5, None)},
    QuestionsUpdatedV1: {},
    CostsEnteredV1: {},
    OtherCostsEnteredV1: {"nm_id": (0,)},
    TaxEnteredV1: {"percent": (6, 15)},
}
"""Values by which rows of different sources meet."""


@dataclass(frozen=True)
class Story:
    """Events as they come, and after which of them everything that is stale is counted."""

    deliveries: Sequence[Event[Any]]
    counted_after: frozenset[int]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    chance = random.Random(draw(st.integers(0, 2**32)))
    others: list[type[EventData]] = [source for source in MEETING if source is not OrdersUpdatedV1]
    sources: list[type[EventData]] = [
        OrdersUpdatedV1,
        *draw(st.lists(st.sampled_from(others), min_size=1, max_size=6, unique=True)),
    ]
    told = [
        an_event(SOURCES[source], CABINET, _row(source, key, revision, chance))
        for source in sources
        for key in range(draw(st.integers(1, 2)))
        for revision in range(1, draw(st.integers(1, 2)) + 1)
    ]
    return Story(draw(st.permutations(told)), draw(st.frozensets(st.integers(0, len(told)), max_size=4)))


def _row(source: type[EventData], key: int, revision: int, chance: random.Random) -> Any:
    fields = {name: chance.choice(values) for name, values in MEETING[source].items()}
    return a_row(SOURCES[source], CABINET, key, revision, chance, **fields)


async def forget_everything(database: Database) -> None:
    await forget(database, (table.name for table in tables.metadata.sorted_tables))


async def figures(database: Database) -> dict[tuple[int, str, str], Any]:
    found = await all_rows(database, "item_figures")
    return {(row["nm_id"], row["section"], row["currency"]): row["body"] for row in found if row["section"] in COUNTED}


@given(story=stories())
@stored(20)
async def test_counted_whenever_or_at_the_end_it_says_the_same(
    story: Story, fold: Fold, count_stale: CountStale, reporter_db: Database
) -> None:
    await forget_everything(reporter_db)
    for number, delivery in enumerate(story.deliveries):
        if number in story.counted_after:
            await count_all(reporter_db, count_stale)
        await fold(delivery)
    await count_all(reporter_db, count_stale)
    as_it_went = await figures(reporter_db)
    await execute(reporter_db, "DELETE FROM item_figures")
    async with reporter_db.transaction() as connection:
        await stale.mark_sections(connection, CABINET, dict.fromkeys(Section, ITEMS), is_live=True, told=ITEMS)
    await count_all(reporter_db, count_stale)
    assert await figures(reporter_db) == as_it_went


async def count_all(database: Database, count_stale: CountStale) -> None:
    """Until nothing is left: what is counted may mark what is made of it."""
    while await dump(database, "stale_cabinets"):
        assert await count_stale()


async def test_items_without_a_buyout_share_follow_that_of_the_cabinet(
    fold: Fold, count_stale: CountStale, reporter_db: Database
) -> None:
    await forget_everything(reporter_db)

    async def logistics() -> Any:
        await count_all(reporter_db, count_stale)
        return (await figures(reporter_db))[2, Section.MONEY, "RUB"]["estimate"]["logistics"]

    here: dict[str, Any] = {"warehouse_name": "Коледино", "warehouse_type": "Склад WB"}
    card: dict[str, Any] = {"subject_id": 5, "length": 10, "width": 10, "height": 10, "created_at": NOON}
    tariff: dict[str, Any] = {
        "warehouse_name": "Коледино",
        "geo_name": HERE,
        "box_delivery_base": 40,
        "box_delivery_liter": 10,
    }
    box, chance = SOURCES[TariffsBoxUpdatedV1], random.Random(1)
    await fold(
        products_updated(CABINET, nm_id=2, **card),
        an_event(box, CABINET, a_row(box, CABINET, 0, 1, chance, currency=None, box_delivery_coef_expr=None, **tariff)),
        orders_updated(CABINET, *(an_order(CABINET, srid, days_ago=20, **here) for srid in "abcd")),
        orders_updated(CABINET, an_order(CABINET, "new", nm_id=2, **here)),
    )
    # Of what is old enough nothing was bought: a bought piece would bear the ways of endlessly many.
    assert await logistics() is None
    await fold(sales_updated(CABINET, *(a_sale(f"S{srid}", srid=srid) for srid in "ab")))
    assert await logistics() == "120.00"
    await fold(sales_updated(CABINET, *(a_sale(f"S{srid}", srid=srid) for srid in "cd")))
    assert await logistics() == "40.00"
