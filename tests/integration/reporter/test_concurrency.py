"""Events of one cabinet handled at the same time, by any number of processes."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from reporter.handlers.cabinet_disconnected import cabinet_disconnected as on_disconnected
from reporter.handlers.facts_updated import facts_updated as on_stocks
from reporter.handlers.orders_updated import orders_updated as on_orders
from servicekit.db import Database
from sqlalchemy import text
from support.databases import Databases, connect
from support.eventually import eventually
from support.reporting import NOON, a_stock, an_order, cabinet_disconnected, orders_updated, stocks_updated
from support.rows import all_rows


async def fold_all(database: Database, events: Sequence[Event[Any]]) -> None:
    for event in events:
        async with database.transaction() as connection:
            await on_orders(connection, event, NOON)


async def test_totals_are_right_when_two_fold_one_cabinet_at_once(
    reporter_db: Database, databases: Databases, cabinet_id: UUID
) -> None:
    events = [
        orders_updated(cabinet_id, *(an_order(cabinet_id, f"{batch}-{n}", price="10") for n in range(3)))
        for batch in range(40)
    ]
    other = connect(databases.urls["reporter"])
    # Each folds half, and both fold the last ones.
    await asyncio.gather(fold_all(reporter_db, events[:20] + events[35:]), fold_all(other, list(reversed(events[15:]))))
    await other.close()
    totals = {row["nm_id"]: (row["orders"], row["orders_sum"]) for row in await all_rows(reporter_db, "day_totals")}
    assert totals == {0: (120, 1200), 1: (120, 1200)}


async def test_what_waited_for_a_disconnection_is_void(
    reporter_db: Database, databases: Databases, cabinet_id: UUID
) -> None:
    other = connect(databases.urls["reporter"])

    async def store() -> None:
        async with other.transaction() as connection:
            await on_stocks(connection, stocks_updated(cabinet_id, a_stock(3)))

    async with reporter_db.transaction() as connection:
        await on_disconnected(connection, cabinet_disconnected(cabinet_id))
        waiting = asyncio.create_task(store())

        async def stands_at_the_lock() -> bool:
            waiters = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return bool(await connection.scalar(waiters))

        await eventually(stands_at_the_lock)
        assert not waiting.done()
    await waiting
    await other.close()
    assert await all_rows(reporter_db, "stocks") == []
