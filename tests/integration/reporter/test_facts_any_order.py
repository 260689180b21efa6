"""Facts of every source are the same bytes, whatever order and however often events come."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event, EventData, Origin
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.orders import OrdersUpdatedV1
from contracts.sales import SalesUpdatedV1
from hypothesis import given
from hypothesis import strategies as st
from reporter import tables
from servicekit.db import Database
from support.any_rows import FACT_TABLES, SOURCES, a_row, an_event
from support.databases import forget
from support.fuzzing import stored
from support.reporting import NOON, dump
from support.rows import all_rows, execute, rows

Fold = Callable[..., Awaitable[set[str]]]
CABINET = UUID(int=1)
TALLY: Counter[str] = Counter()


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
    await forget(database, (table.name for table in tables.metadata.sorted_tables))


async def digest(database: Database) -> str:
    """A hash of every table of facts."""
    return sha256((await dump(database, *FACT_TABLES)).encode()).hexdigest()


@given(history=histories())
@stored(40)
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
@stored(25)
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
    assert TALLY["histories"] >= 40
