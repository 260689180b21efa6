"""What stands beside a live order is found by indexes that lead to it, also by plans that are made once for all."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from servicekit.db import Database
from sqlalchemy import event, text
from support.databases import empty
from support.reporting import NOON, an_order, orders_updated

Fold = Callable[..., Awaitable[set[str]]]

_MANY = text("""
INSERT INTO order_facts (cabinet_id, order_id, revision, day, updated_at, srid, ordered_at, last_change_at, nm_id,
                         is_cancel)
SELECT cabinet_id, gen_random_uuid(), 1, CAST(at AT TIME ZONE INTERVAL '3 hours' AS date), at, CAST(n AS text), at, at,
       1 + n % 500, false
FROM (
    SELECT n, CAST(:newest AS timestamptz) - n * interval '2 minutes' AS at,
        CASE WHEN n % 2 = 0 THEN gen_random_uuid() ELSE CAST(:cabinet_id AS uuid) END AS cabinet_id
    FROM generate_series(1, 60000) AS n
) AS made
""")
"""A shop of a quarter among so many small ones that a cabinet is thought to have an order or two."""


@pytest.fixture
async def sent(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> AsyncIterator[list[tuple[str, Any]]]:
    """The statements that one live order of the shop takes, with their values."""
    async with reporter_db.transaction() as connection:
        await connection.execute(_MANY, {"cabinet_id": cabinet_id, "newest": NOON})
    async with reporter_db.engine.connect() as plain:
        await (await plain.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE order_facts"))
    statements: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        statements.append((arguments[2], arguments[3]))

    event.listen(reporter_db.engine.sync_engine, "before_cursor_execute", note)
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    event.remove(reporter_db.engine.sync_engine, "before_cursor_execute", note)
    yield statements
    # Not for the next test's truncation to find: its statistics would stay.
    await empty(reporter_db)


async def test_each_is_found_by_its_own_index(reporter_db: Database, sent: list[tuple[str, Any]]) -> None:
    for mode in ("force_custom_plan", "force_generic_plan"):
        await check(reporter_db, sent, mode)


async def check(reporter_db: Database, sent: list[tuple[str, Any]], mode: str) -> None:
    reads = [(sql, values) for sql, values in sent if "order_facts" in sql and "INSERT INTO order_facts" not in sql]
    connection = await asyncpg.connect(reporter_db.dsn)
    try:
        await connection.execute(f"SET plan_cache_mode = {mode}")
        nodes = [node for sql, values in reads for node in _nodes(await _explained(connection, sql, values))]
    finally:
        await connection.close()
    assert not [node for node in nodes if node["Node Type"] == "Seq Scan" and node["Relation Name"] == "order_facts"]
    # Whether by the index alone or by a bitmap of it: what statistics have sampled decides that.
    conditions = {
        (node["Index Name"], node["Index Cond"])
        for node in nodes if node.get("Index Name", "").startswith("order_facts")
    }  # fmt: skip
    by_id = {index for index, condition in conditions if "order_id = " in condition}
    by_moment = {index for index, condition in conditions if "nm_id = " not in condition} - by_id
    assert by_id == {"order_facts_pkey"}
    assert by_moment == {"order_facts_page"}


async def _explained(connection: asyncpg.Connection, sql: str, values: Any) -> dict[str, Any]:
    prepared = await connection.prepare(sql)
    arguments = ", ".join(map(_literal, values))
    explain = f"EXPLAIN (FORMAT JSON) EXECUTE {prepared.get_name()} ({arguments})"
    found = await connection.fetchval(explain if values else explain.removesuffix(" ()"))
    plan: dict[str, Any] = json.loads(found)[0]["Plan"]
    return plan


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "'{" + ",".join(f'"{each}"' for each in value) + "}'"
    return f"'{value}'"


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
