"""A disconnected cabinet is forgotten, and stays so."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event, Origin
from reporter.jobs import purge
from servicekit import purge as batches
from servicekit.db import Database
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from support.reporting import (
    a_stock,
    an_order,
    cabinet_disconnected,
    dump,
    orders_updated,
    products_updated,
    stocks_updated,
)
from support.rows import all_rows

from contracts import cache_keys

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TABLES = (*(table.name for table in purge.TABLES), "outbox")
VALUES = {
    "BIGINT": "2",
    "INTEGER": "2",
    "NUMERIC": "1",
    "TEXT": "'x'",
    "BOOLEAN": "true",
    "DATE": "current_date",
    "TIMESTAMP WITH TIME ZONE": "now()",
    "JSONB": "'[]'",
    "UUID": "gen_random_uuid()",
}
"""What is put into a column of each type."""


async def fill(database: Database, cabinet_id: UUID) -> None:
    """A row of the cabinet in every table."""
    async with database.transaction() as connection:
        for table in purge.TABLES:
            columns = [column for column in table.columns if not column.nullable and column.name != "cabinet_id"]
            names = ", ".join(["cabinet_id", *(column.name for column in columns)])
            values = ", ".join(
                [":cabinet_id", *(VALUES[column.type.compile(_POSTGRESQL).split("(")[0]] for column in columns)]
            )
            await connection.execute(
                text(f"INSERT INTO {table.name} ({names}) VALUES ({values}) ON CONFLICT DO NOTHING"),
                {"cabinet_id": cabinet_id},
            )


def events_of(cabinet_id: UUID) -> list[Event[Any]]:
    return [
        products_updated(cabinet_id),
        stocks_updated(cabinet_id, a_stock(3)),
        orders_updated(cabinet_id, an_order(cabinet_id)),
        orders_updated(cabinet_id, an_order(cabinet_id, "old", days_ago=9), origin=Origin.BACKFILL),
    ]


async def test_its_rows_are_deleted_and_nobody_elses(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 2)
    other = UUID(int=7)
    await fold(*events_of(other))
    await fill(reporter_db, other)
    before = await dump(reporter_db, *TABLES)
    await fold(*events_of(cabinet_id))
    await fill(reporter_db, cabinet_id)
    assert {table for table in TABLES if str(cabinet_id) in await dump(reporter_db, table)} == set(TABLES)
    event = cabinet_disconnected(cabinet_id)
    await fold(event)
    assert await purge.purge(reporter_db) == 1
    assert await dump(reporter_db, *TABLES) == before
    [tombstone] = await all_rows(reporter_db, "disconnected_cabinets")
    assert (tombstone["cabinet_id"], tombstone["disconnected_at"]) == (cabinet_id, event.time)
    assert await purge.purge(reporter_db) == 0


async def test_told_of_again_there_is_nothing_left_to_forget(
    fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
) -> None:
    await fold(*events_of(cabinet_id))
    await count_stale()
    first = cabinet_disconnected(cabinet_id)
    of_rows = (cache_keys.cabinet_orders_tag, cache_keys.cabinet_reviews_tag, cache_keys.cabinet_questions_tag)
    lists = {tag(cabinet_id) for tag in of_rows}
    assert await fold(first) > lists
    assert await fold(cabinet_disconnected(cabinet_id)) == lists
    [tombstone] = await all_rows(reporter_db, "disconnected_cabinets")
    assert tombstone["disconnected_at"] == first.time


async def test_disconnecting_takes_as_many_statements_for_a_million_rows_as_for_none(
    fold: Fold, reporter_db: Database, cabinet_id: UUID
) -> None:
    executed: list[str] = []
    engine = reporter_db.engine.sync_engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", lambda *args: executed.append(args[2]))
    await fold(*events_of(cabinet_id))
    executed.clear()
    await fold(cabinet_disconnected(cabinet_id))
    assert len(executed) < 10
    assert not [statement for statement in executed if "DELETE" in statement]
    assert len(await all_rows(reporter_db, "order_facts")) == 2


async def test_a_purge_goes_on_where_a_crash_ended_it(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 1)
    await fold(*events_of(cabinet_id), cabinet_disconnected(cabinet_id))
    executed = 0

    def crash(*_: object) -> None:
        nonlocal executed
        executed += 1
        if executed == 9:
            raise ConnectionError("killed")

    engine = reporter_db.engine.sync_engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", crash)
    assert await purge.purge(reporter_db) == 0
    sqlalchemy_event.remove(engine, "before_cursor_execute", crash)
    assert await dump(reporter_db, *TABLES) > ""
    assert await purge.purge(reporter_db) == 1
    assert await dump(reporter_db, *TABLES) == ""


async def test_every_table_with_rows_of_cabinets_is_purged(reporter_db: Database) -> None:
    async with reporter_db.transaction() as connection:
        found = await connection.execute(
            text("""
                SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
                WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p')
                  AND NOT relispartition AND attname = 'cabinet_id' AND relname <> 'disconnected_cabinets'
            """)
        )
        assert set(found.scalars()) == {table.name for table in purge.TABLES} | {"outbox"} == set(TABLES)


async def test_later_events_are_void(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    await fold(cabinet_disconnected(cabinet_id))
    await fold(*events_of(cabinet_id))
    assert await dump(reporter_db, *TABLES) == ""


async def test_its_lists_and_figures_in_the_cache_are_stale(
    fold: Fold, count_stale: CountStale, cabinet_id: UUID
) -> None:
    await fold(*events_of(cabinet_id))
    await count_stale()
    event = cabinet_disconnected(cabinet_id)
    stale = await fold(event)
    assert stale >= {
        cache_keys.cabinet_orders_tag(cabinet_id),
        cache_keys.analytics(cabinet_id, 0, 7),
        cache_keys.analytics(cabinet_id, 1, 90),
    }
    assert cache_keys.cabinet_orders_tag(cabinet_id) in await fold(event)
