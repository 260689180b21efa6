"""What sections of items read is as much as their items have, not as much as their cabinet has, without statistics too.

A first load is counted before PostgreSQL has looked at the tables: then the planner thinks them empty, and takes an
index that finds a whole cabinet, or every item's newest days, as gladly as the right one.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from reporter.figures import items
from reporter.tables import metadata
from servicekit.db import Database
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.reporting import NOON, TODAY

ITEMS, DAYS = 400, 30
ASKED = [1, 2, 3]

_BY_TYPE: dict[type, str] = {
    str: "'x' || n",
    bool: "false",
    UUID: "gen_random_uuid()",
}
_BY_NAME = {
    "cabinet_id": "CAST(:cabinet_id AS uuid)",
    "nm_id": f"n % {ITEMS} + 1",
    "period_days": f"(ARRAY[7, 14, 30, 60, 90])[n / {ITEMS} % 5 + 1]",
    "source": "'wb'",
    # Whatever else is counted: of all orders some became nothing.
    **dict.fromkeys(("bought", "returned", "open"), "0"),
}


def value(column: sa.Column[Any]) -> str:
    """What row `n` has in the column: each item has a row for each of 30 days."""
    if isinstance(column.type, sa.Date):
        return f"CAST(:today AS date) - n / {ITEMS}"
    if isinstance(column.type, sa.DateTime):
        return f"CAST(:now AS timestamptz) - make_interval(days => n / {ITEMS})"
    if isinstance(column.type, sa.JSON):
        return "CAST('[]' AS jsonb)"
    number = "n" if column.primary_key else "1"
    return _BY_NAME.get(column.name) or _BY_TYPE.get(column.type.python_type, number)


async def forget_statistics(connection: AsyncConnection) -> None:
    """As if nobody had ever looked at the tables, whatever other tests left."""
    tables = [table.name for table in metadata.sorted_tables]
    for statement in (
        "SELECT pg_clear_relation_stats(current_schema(), name) FROM unnest(CAST(:tables AS text[])) AS name",
        "SELECT pg_clear_attribute_stats(schemaname, tablename, attname, inherited) FROM pg_stats "
        "WHERE schemaname = current_schema() AND tablename = ANY(CAST(:tables AS text[]))",
    ):
        await connection.execute(text(statement), {"tables": tables})


async def fill(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Every table that knows items, for 400 of them."""
    values = {"cabinet_id": cabinet_id, "today": TODAY, "now": NOON}
    for table in metadata.sorted_tables:
        if "nm_id" in table.columns:
            made = {
                c.name: value(c) for c in table.columns if not (c.nullable or c.server_default) or c.name == "nm_id"
            }
            used = {name: values[name] for name in values if f":{name} " in " ".join(made.values())}
            await connection.execute(
                text(
                    f"INSERT INTO {table.name} ({', '.join(made)}) SELECT {', '.join(made.values())} "
                    f"FROM generate_series(0, {ITEMS * DAYS - 1}) AS n ON CONFLICT DO NOTHING"
                ),
                used,
            )


class Reading:
    """A connection that remembers what was read by it."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.read: list[tuple[TextClause, dict[str, Any]]] = []

    async def execute(self, statement: TextClause, values: dict[str, Any]) -> Any:
        self.read.append((statement, values))
        return await self.connection.execute(statement, values)


def scans(node: dict[str, Any]) -> Iterator[tuple[float, str]]:
    """How many rows each scan of a table found, kept or not, and by which index."""
    if "Relation Name" in node:
        found = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        yield found, f"{node['Relation Name']} by {node.get('Index Name')}: {node.get('Index Cond')}"
    for below in node.get("Plans", ()):
        yield from scans(below)


async def test_what_is_read_does_not_grow_with_the_cabinet(reporter_db: Database, cabinet_id: UUID) -> None:
    async with reporter_db.transaction() as connection:
        await fill(connection, cabinet_id)
        await forget_statistics(connection)
        for section in sorted(items.COUNTS.keys() - items.OF_ALL_ITEMS):
            reading: Any = Reading(connection)
            await items.COUNTS[section](reading, cabinet_id, ASKED, TODAY)
            assert reading.read, section
            for statement, values in reading.read:
                found: Any = await connection.scalar(text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.text}"), values)
                assert [scan for scan in scans(found[0]["Plan"]) if scan[0] > len(ASKED) * DAYS] == [], section
