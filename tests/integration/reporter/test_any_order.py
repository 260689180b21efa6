"""Rows of every source, in any order, with repeats, live or not, counted whenever: the same bytes in the end."""

import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.adverts import CampaignStatsUpdatedV1, CampaignsUpdatedV1
from contracts.changed import RowChange
from contracts.entered import CostsEnteredV1, PlanEnteredV1, TaxEnteredV1
from contracts.envelope import Event, EventData, Origin
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.finance import FinanceUpdatedV1
from contracts.orders import OrdersUpdatedV1
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.sales import SalesUpdatedV1
from contracts.stocks import StocksUpdatedV1
from hypothesis import given
from hypothesis import strategies as st
from reporter import tables
from servicekit.db import Database
from support.any_rows import SOURCES, SRIDS, a_row, an_event
from support.databases import forget
from support.fuzzing import stored
from support.reporting import NOON, TODAY, dump
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]

CABINET = UUID(int=1)
TOMORROW = TODAY + timedelta(days=1)
FIGURES = ("day_totals", "analytics_cache", "item_figures")
FACTS = ("order_facts", "sales")
DAYS = (0, 1, 6, 7, 15, 31, 91)
TRIED: Counter[str] = Counter()

MEETING: dict[type[EventData], dict[str, Sequence[Any]]] = {
    OrdersUpdatedV1: {
        "ordered_at": [NOON - timedelta(days=days) for days in DAYS],
        "status": (None, "created", "buyout", "cancel", "return", "never heard of"),
        "status_at": (None, NOON, NOON - timedelta(days=3)),
        "price_with_disc": (None, Decimal("0.01"), Decimal(1494), Decimal("33333333.3333")),
    },
    SalesUpdatedV1: {
        "sold_at": [NOON - timedelta(days=days) for days in DAYS],
        "srid": (*SRIDS, "nobody's", None),
        "price_with_disc": (None, Decimal(1494)),
        "for_pay": (None, Decimal(0), Decimal("1000.5")),
    },
    PricesUpdatedV1: {},
    ProductsUpdatedV1: {},
    StocksUpdatedV1: {},
    FeedbacksUpdatedV1: {"valuation": (1, 3, 5, None), "nm_id": (1, 2)},
    CampaignsUpdatedV1: {},
    CampaignStatsUpdatedV1: {"views": (0, 100), "clicks": (0, 7), "orders": (0, 2)},
    FinanceUpdatedV1: {"rr_date": [TODAY - timedelta(days=days) for days in DAYS]},
    CostsEnteredV1: {},
    TaxEnteredV1: {},
    PlanEnteredV1: {"month": (TODAY.replace(day=1),)},
}
OTHERS: list[type[EventData]] = [source for source in MEETING if source not in (OrdersUpdatedV1, SalesUpdatedV1)]


@dataclass(frozen=True)
class Telling:
    """One way in which the same rows may be told."""

    deliveries: Sequence[Event[Any]]
    counted_after: frozenset[int]
    before_midnight: int


@st.composite
def tellings(draw: st.DrawFn) -> tuple[Telling, Telling]:
    chance = random.Random(draw(st.integers(0, 2**32)))
    sources: list[type[EventData]] = [
        OrdersUpdatedV1,
        SalesUpdatedV1,
        *draw(st.lists(st.sampled_from(OTHERS), max_size=4, unique=True)),
    ]
    rows = [
        (source, _row(source, key, revision, chance))
        for source in sources
        for key in range(draw(st.integers(1, 3)))
        for revision in range(1, draw(st.integers(1, 2)) + 1)
    ]
    return draw(_telling(rows)), draw(_telling(rows))


@st.composite
def _telling(draw: st.DrawFn, rows: Sequence[tuple[type[EventData], Any]]) -> Telling:
    told = [an_event(SOURCES[source], CABINET, row) for source, row in draw(st.permutations(rows))]
    told += [event.model_copy(update={"id": uuid4()}) for event in draw(st.lists(st.sampled_from(told), max_size=3))]
    deliveries = [event.model_copy(update={"origin": draw(st.sampled_from(Origin))}) for event in told]
    return Telling(
        deliveries,
        draw(st.frozensets(st.integers(0, len(deliveries)), max_size=2)),
        draw(st.integers(0, len(deliveries))),
    )


def _row(source: type[EventData], key: int, revision: int, chance: random.Random) -> RowChange:
    fields = {name: chance.choice(values) for name, values in MEETING[source].items()}
    return a_row(SOURCES[source], CABINET, key, revision, chance, **fields)


async def tell(telling: Telling, database: Database, fold: Fold, count_stale: CountStale, turn_day: TurnDay) -> None:
    await forget(database, (table.name for table in tables.metadata.sorted_tables))
    today = TODAY
    for number, event in enumerate(telling.deliveries):
        if number == telling.before_midnight:
            today = TOMORROW
            await turn_day(today)
        if number in telling.counted_after:
            await count_stale(today=today)
        await fold(event, today=today)
    await turn_day(TOMORROW)
    await count_stale(today=TOMORROW)
    assert await dump(database, "stale_cabinets", "stale_cells", "stale_sections") == ""


@given(both=tellings())
@stored(12)
async def test_however_rows_are_told_the_figures_are_the_same(
    both: tuple[Telling, Telling], fold: Fold, count_stale: CountStale, turn_day: TurnDay, reporter_db: Database
) -> None:
    one, other = both
    await tell(one, reporter_db, fold, count_stale, turn_day)
    first = await dump(reporter_db, *FIGURES)
    await tell(other, reporter_db, fold, count_stale, turn_day)
    assert await dump(reporter_db, *FIGURES) == first
    await _shares_are_shares(reporter_db)
    await _items_add_up_to_their_cabinet(reporter_db)
    TRIED["histories"] += 1
    TRIED["events"] += len(one.deliveries) + len(other.deliveries)


async def _shares_are_shares(database: Database) -> None:
    for row in await all_rows(database, "item_figures"):
        for name, value in _leaves(row["body"]):
            if name == "share" or name.endswith("_share"):
                assert value is None or 0 <= Decimal(value) <= 100, row
                TRIED["shares"] += value is not None
    for row in await all_rows(database, "day_totals"):
        assert row["bought"] + row["returned"] + row["open"] <= row["orders"], row


def _leaves(body: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(body, dict):
        for key, value in body.items():
            yield from _leaves(value, key)
    elif isinstance(body, list):
        for value in body:
            yield from _leaves(value, name)
    else:
        yield name, body


async def _items_add_up_to_their_cabinet(database: Database) -> None:
    for table, key in (("day_totals", ("day", "currency")), ("analytics_cache", ("period_days", "currency"))):
        rows = await all_rows(database, table)
        names = [name for name in rows[0] if name not in ("cabinet_id", "nm_id", "period_end", *key)] if rows else []
        items: dict[Any, list[Any]] = {}
        cabinet = {}
        for row in rows:
            values, where = [row[name] for name in names], tuple(row[name] for name in key)
            if row["nm_id"] == 0:
                cabinet[where] = values
            else:
                before = items.get(where, [0] * len(names))
                items[where] = [a + b for a, b in zip(before, values, strict=True)]
        assert cabinet == items
        TRIED["sums"] += len(cabinet)
    for section in ("buyout", "regions", "reviews"):
        _section_adds_up(await all_rows(database, "item_figures"), section)


ADD_UP = {"buyout": "ordered", "regions": "orders", "reviews": "count"}


def _section_adds_up(rows: Sequence[Any], section: str) -> None:
    counted: dict[bool, Counter[Any]] = {True: Counter(), False: Counter()}
    for row in rows:
        if row["section"] == section:
            for name, value in _leaves(row["body"]):
                if name == ADD_UP[section]:
                    counted[row["nm_id"] == 0][row["currency"]] += value
    assert counted[True] == counted[False], (section, json.dumps(rows, default=str))


@pytest.fixture(scope="module", autouse=True)
def _tell_how_many() -> Iterator[None]:
    yield
    print(f"\nin any order: {dict(TRIED)}")
