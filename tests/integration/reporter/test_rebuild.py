"""The same events give the same tables, byte for byte, in whatever order and however often they come."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import redis.asyncio
from contracts.envelope import Event
from contracts.orders import ChangedOrder, OrdersUpdatedV1
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporter.day_turn import turn_day
from reporter.moscow import day_of
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import text
from support.reporting import NOON, TODAY, an_order, dump, orders_updated, rows

Fold = Callable[..., Awaitable[set[str]]]

CABINET = UUID(int=1)
TOMORROW = TODAY + timedelta(days=1)
TABLES = ("order_facts", "day_totals", "analytics_cache")
PRICES = (None, "0.01", "1494.5", "33333333.3333")
AGES_DAYS = (0, 1, 6, 7, 90, 91)


@dataclass(frozen=True)
class History:
    """What happened to some orders, and one way in which the events may come."""

    orders: Sequence[ChangedOrder]
    deliveries: Sequence[Event[OrdersUpdatedV1]]
    before_midnight: int
    """How many deliveries come before the Moscow day turns."""


@st.composite
def histories(draw: st.DrawFn) -> History:
    orders = [
        an_order(
            CABINET,
            srid,
            revision=revision,
            nm_id=draw(st.integers(1, 2)),
            days_ago=draw(st.sampled_from(AGES_DAYS)),
            price=draw(st.sampled_from(PRICES)),
            is_cancel=draw(st.booleans()),
            change="new" if revision == 1 else "changed",
        )
        for srid in "abcd"[: draw(st.integers(1, 4))]
        for revision in range(1, draw(st.integers(1, 3)) + 1)
    ]
    remaining, events = draw(st.permutations(orders)), []
    while remaining:
        size = draw(st.integers(1, len(remaining)))
        events.append(_at_noon(orders_updated(CABINET, *remaining[:size])))
        remaining = remaining[size:]
    repeats = draw(st.lists(st.sampled_from(events), max_size=3))
    deliveries = draw(st.permutations(events + repeats))
    return History(orders, deliveries, draw(st.integers(0, len(deliveries))))


def _at_noon(event: Event[Any]) -> Event[Any]:
    # The log keeps the time of each event; which batch an order came in is drawn anew here.
    return event.model_copy(update={"time": NOON})


async def forget_everything(database: Database) -> None:
    async with database.transaction() as connection:
        for table in (*TABLES, "inbox", "outbox"):
            await connection.execute(text(f"DELETE FROM {table}"))


def counted_by_hand(orders: Sequence[ChangedOrder]) -> dict[tuple[int, Any], tuple[int, Decimal, int, Decimal]]:
    """Day totals from the newest revisions, the simplest way."""
    newest = {order.srid: order for order in sorted(orders, key=lambda order: order.revision)}
    cells = defaultdict(list)
    for order in newest.values():
        for nm_id in (0, order.nm_id):
            cells[nm_id, day_of(order.ordered_at)].append(order)
    return {
        cell: (
            len(inside),
            sum((o.price_with_disc or Decimal(0) for o in inside), Decimal(0)),
            sum(o.is_cancel for o in inside),
            sum((o.price_with_disc or Decimal(0) for o in inside if o.is_cancel), Decimal(0)),
        )
        for cell, inside in cells.items()
    }


@given(history=histories())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_order_repeats_splits_and_midnights_give_the_same_bytes(
    history: History, fold: Fold, reporter_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    await forget_everything(reporter_db)
    await fold(*history.deliveries[: history.before_midnight], today=TODAY)
    await turn_day(reporter_db, Cache(redis_client, prefix=redis_prefix), TOMORROW)
    await fold(*history.deliveries[history.before_midnight :], today=TOMORROW)
    as_they_came = await dump(reporter_db, *TABLES)

    await forget_everything(reporter_db)
    for order in history.orders:
        await fold(_at_noon(orders_updated(CABINET, order)), today=TOMORROW)
    assert await dump(reporter_db, *TABLES) == as_they_came

    totals = {
        (row["nm_id"], row["day"]): (row["orders"], row["orders_sum"], row["cancelled"], row["cancelled_sum"])
        for row in await rows(reporter_db, "day_totals")
    }
    expected = counted_by_hand(history.orders)
    assert totals == expected
    for row in await rows(reporter_db, "analytics_cache"):
        first = TOMORROW - timedelta(days=row["period_days"] - 1)
        inside = [
            value for (nm_id, day), value in expected.items() if nm_id == row["nm_id"] and first <= day <= TOMORROW
        ]
        assert row["orders"] == sum(value[0] for value in inside)
        assert row["orders_sum"] == sum(value[1] for value in inside)
