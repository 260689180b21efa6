"""The same events give the same tables, byte for byte, in any order, of any origin, however often they come."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.envelope import Event, Origin
from contracts.orders import ChangedOrder, OrdersUpdatedV1
from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.moscow import day_of
from servicekit.db import Database
from support.databases import forget
from support.fuzzing import stored
from support.reporting import NOON, TODAY, an_order, dump, orders_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]

CABINET = UUID(int=1)
TOMORROW = TODAY + timedelta(days=1)
TABLES = ("order_facts", "day_totals", "analytics_cache")
PRICES = (None, "0.01", "1494.5", "33333333.3333")
CURRENCIES = (None, "RUB", "KGS", "KZT")
AGES_DAYS = (0, 1, 6, 7, 90, 91)


@dataclass(frozen=True)
class History:
    """What happened to some orders, and one way in which the events may come."""

    orders: Sequence[ChangedOrder]
    deliveries: Sequence[Event[OrdersUpdatedV1]]
    before_midnight: int
    """How many deliveries come before the Moscow day turns."""
    counted_after: int
    """After how many deliveries what a backfill left is counted, beside at the end."""


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
            currency=draw(st.sampled_from(CURRENCIES)),
            change="new" if revision == 1 else "changed",
        )
        for srid in "abcd"[: draw(st.integers(1, 4))]
        for revision in range(1, draw(st.integers(1, 3)) + 1)
    ]
    remaining, events = draw(st.permutations(orders)), []
    while remaining:
        size = draw(st.integers(1, len(remaining)))
        origin = draw(st.sampled_from(Origin))
        events.append(_at_noon(orders_updated(CABINET, *remaining[:size], origin=origin)))
        remaining = remaining[size:]
    repeats = draw(st.lists(st.sampled_from(events), max_size=3))
    deliveries = draw(st.permutations(events + repeats))
    before_midnight, counted_after = (draw(st.integers(0, len(deliveries))) for _ in range(2))
    return History(orders, deliveries, before_midnight, counted_after)


def _at_noon(event: Event[Any]) -> Event[Any]:
    # The log keeps the time of each event; which batch an order came in is drawn anew here.
    return event.model_copy(update={"time": NOON})


async def forget_everything(database: Database) -> None:
    await forget(database, (*TABLES, "figure_days", "stale_cells", "stale_sections", "stale_cabinets"))


def counted_by_hand(orders: Sequence[ChangedOrder]) -> dict[tuple[int, Any, str], tuple[int, Decimal, int, Decimal]]:
    """Day totals from the newest revisions, the simplest way; amounts of two currencies are never added."""
    newest = {order.srid: order for order in sorted(orders, key=lambda order: order.revision)}
    cells = defaultdict(list)
    for order in newest.values():
        for nm_id in (0, order.nm_id):
            cells[nm_id, day_of(order.ordered_at), order.currency or "RUB"].append(order)
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
@stored(30)
async def test_any_order_repeats_splits_and_midnights_give_the_same_bytes(
    history: History, fold: Fold, count_stale: CountStale, turn_day: TurnDay, reporter_db: Database
) -> None:
    await forget_everything(reporter_db)
    today = TODAY
    for n, delivery in enumerate(history.deliveries):
        if n == history.before_midnight:
            today = TOMORROW
            await turn_day(today)
        if n == history.counted_after:
            await count_stale(today=today)
        await fold(delivery, today=today)
    await turn_day(TOMORROW)
    await count_stale(today=TOMORROW)
    as_they_came = await dump(reporter_db, *TABLES)

    await forget_everything(reporter_db)
    for order in history.orders:
        await fold(_at_noon(orders_updated(CABINET, order)), today=TOMORROW)
    await count_stale(today=TOMORROW)
    assert await dump(reporter_db, *TABLES) == as_they_came

    totals = {
        (row["nm_id"], row["day"], row["currency"]): (
            row["orders"],
            row["orders_sum"],
            row["cancelled"],
            row["cancelled_sum"],
        )
        for row in await all_rows(reporter_db, "day_totals")
    }
    expected = counted_by_hand(history.orders)
    assert totals == expected
    for row in await all_rows(reporter_db, "analytics_cache"):
        first = TOMORROW - timedelta(days=row["period_days"] - 1)
        inside = [
            value
            for (nm_id, day, currency), value in expected.items()
            if nm_id == row["nm_id"] and currency == row["currency"] and first <= day <= TOMORROW
        ]
        assert row["orders"] == sum(value[0] for value in inside)
        assert row["orders_sum"] == sum(value[1] for value in inside)
    figures = {(row["nm_id"], row["currency"]) for row in await all_rows(reporter_db, "analytics_cache")}
    assert figures == {(nm_id, currency) for nm_id, _, currency in expected}
