"""What an event of orders or sales asks of the database: every statement is a round trip that a message waits for."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event, Origin
from servicekit.db import Database
from support.driver_log import sent
from support.reporting import NOON, a_sale, an_order, orders_updated, sales_updated

Fold = Callable[..., Awaitable[set[str]]]
Made = Callable[[UUID, int], Event[Any]]


def new(cabinet_id: UUID, count: int, **fields: Any) -> Event[Any]:
    orders = (an_order(cabinet_id, f"{count}-{n}", nm_id=n + 1, **fields) for n in range(count))
    return orders_updated(cabinet_id, *orders)


def cancelled(cabinet_id: UUID, count: int) -> Event[Any]:
    return new(cabinet_id, count, revision=2, change="cancelled", is_cancel=True, cancelled_at=NOON)


def loaded(cabinet_id: UUID, count: int) -> Event[Any]:
    return new(cabinet_id, count).model_copy(update={"origin": Origin.BACKFILL})


def sold(cabinet_id: UUID, count: int) -> Event[Any]:
    sales = (a_sale(f"S{count}-{n}", srid=f"{count}-{n}", nm_id=n + 1) for n in range(count))
    return sales_updated(cabinet_id, *sales)


@pytest.mark.parametrize(
    ("before", "made", "statements"), [(None, new, 6), (new, cancelled, 6), (None, loaded, 4), (new, sold, 7)]
)
async def test_an_event_takes_so_many_statements_whatever_it_carries(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, before: Made | None, made: Made, statements: int
) -> None:
    await fold(made(cabinet_id, 2))  # what the connection does once is done
    for count in (1, 300):
        if before is not None:
            await fold(before(cabinet_id, count))
        async with sent(reporter_db) as log:
            await fold(made(cabinet_id, count))
        assert len(log) == statements + len(["BEGIN", "COMMIT"]), log
