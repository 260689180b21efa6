"""The shadow takes the place of the figures in use, in one transaction that writes only rows that differ.

Facts go before, in batches: nobody reads them as figures, and each is guarded by its revision. Readers see the figures
from before or those from after, never a cabinet without. A disconnected cabinet is left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from servicekit.db import Database
from servicekit.sql_types import sql_types
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.rebuild import copies
from reporter.rebuild.building import Built, catch_up, count
from reporter.rebuild.differences import live_columns
from reporter.rebuild.shadow import LIVE, SHADOW

BATCH_ROWS = 5_000
"""Of facts: the cabinet's live events wait for one batch at most."""


Values = Mapping[str, Any]
Place = Mapping[str, Any]
"""A row's key."""


class CannotSwap(Exception):
    """The cabinet is not to be swapped; the message says why."""


@dataclass
class Written:
    """What a swap changed: rows by table, written or deleted, and the items that they were of."""

    rows: dict[str, int] = field(default_factory=dict)
    nm_ids: set[int] = field(default_factory=set)

    async def run(self, connection: AsyncConnection, table: sa.Table, statement: str, values: Values) -> None:
        """Run a statement that changes rows of a table."""
        of_item = "held.nm_id" if "nm_id" in table.columns else "NULL"
        changed = await connection.execute(text(f"{statement} RETURNING {of_item}"), values)
        found = list(changed.scalars())
        if found:
            self.rows[str(table.name)] = self.rows.get(str(table.name), 0) + len(found)
            self.nm_ids |= {nm_id for nm_id in found if nm_id is not None}


async def swap(live: Database, shadow: Database, built: Built, now: datetime) -> Written:
    """Write what differs into the tables in use.

    Raises:
        CannotSwap: the cabinet was disconnected, or the code at hand has columns that the tables in use have not.
    """
    written = Written()
    for table in copies.facts():
        await _swap_facts(live, table, built.cabinet_id, written)
    async with live.transaction() as connection:
        await hold(connection, built.cabinet_id)
        # Nothing of the cabinet is handled meanwhile: what was handled until now is folded, and nothing else is.
        await catch_up(shadow, built, now)
        await count(shadow, now)
        for table in copies.figures():
            await _swap_figures(connection, table, built.cabinet_id, written)
    return written


async def hold(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Nothing of the cabinet is handled or counted until the transaction ends.

    Raises:
        CannotSwap: it was disconnected.
    """
    if not await cabinets.hold(connection, cabinet_id):
        raise CannotSwap(f"cabinet {cabinet_id} was disconnected")


async def _swap_facts(live: Database, table: sa.Table, cabinet_id: UUID, written: Written) -> None:
    after: Place | None = None
    while True:
        async with live.transaction() as connection:
            await hold(connection, cabinet_id)
            columns = await _columns(connection, table)
            until = await _boundary(connection, table, cabinet_id, after)
            where, values = _between(table, cabinet_id, after, until)
            statement = f"""
                INSERT INTO {LIVE}.{table.name} AS held ({", ".join(columns)})
                SELECT {", ".join(columns)} FROM {SHADOW}.{table.name} WHERE {where}
                {_on_conflict(table, columns)}
            """
            await written.run(connection, table, statement, values)
        if until is None:
            return
        after = until


async def _boundary(
    connection: AsyncConnection, table: sa.Table, cabinet_id: UUID, after: Place | None
) -> Place | None:
    """The last row of the batch after a place; none: the batch is the last."""
    where, values = _between(table, cabinet_id, after, None)
    names = ", ".join(copies.key_of(table))
    found = await connection.execute(
        text(f"SELECT {names} FROM {SHADOW}.{table.name} WHERE {where} ORDER BY {names} OFFSET :skipped LIMIT 1"),
        {**values, "skipped": BATCH_ROWS - 1},
    )
    row = found.mappings().first()
    return None if row is None else dict(row)


def _between(table: sa.Table, cabinet_id: UUID, after: Place | None, until: Place | None) -> tuple[str, Values]:
    types, key = sql_types(table), copies.key_of(table)
    where, values = "cabinet_id = CAST(:cabinet_id AS uuid)", dict[str, Any](cabinet_id=cabinet_id)
    for sign, prefix, place in ((">", "after", after), ("<=", "until", until)):
        if place is not None:
            casts = ", ".join(f"CAST(:{prefix}_{name} AS {types[name]})" for name in key)
            where += f" AND ({', '.join(key)}) {sign} ({casts})"
            values |= {f"{prefix}_{name}": place[name] for name in key}
    return where, values


async def _swap_figures(connection: AsyncConnection, table: sa.Table, cabinet_id: UUID, written: Written) -> None:
    columns, key = await _columns(connection, table), copies.key_of(table)
    values: Values = {"cabinet_id": cabinet_id}
    same_key = " AND ".join(f"rebuilt.{name} = held.{name}" for name in key)
    gone = f"""
        DELETE FROM {LIVE}.{table.name} AS held WHERE cabinet_id = CAST(:cabinet_id AS uuid)
            AND NOT EXISTS (SELECT FROM {SHADOW}.{table.name} AS rebuilt WHERE {same_key})
    """
    other = f"""
        INSERT INTO {LIVE}.{table.name} AS held ({", ".join(columns)})
        SELECT {", ".join(columns)} FROM {SHADOW}.{table.name} WHERE cabinet_id = CAST(:cabinet_id AS uuid)
        {_on_conflict(table, columns)}
    """
    await written.run(connection, table, gone, values)
    await written.run(connection, table, other, values)


def _on_conflict(table: sa.Table, columns: Sequence[str]) -> str:
    key = copies.key_of(table)
    others = [name for name in columns if name not in key]
    if not others or table.name in copies.WITHOUT_REVISION:
        return f"ON CONFLICT ({', '.join(key)}) DO NOTHING"
    held, excluded = (f"({', '.join(f'{side}.{name}' for name in others)})" for side in ("held", "excluded"))
    newer = " AND held.revision <= excluded.revision" if "revision" in others else ""
    return f"""
        ON CONFLICT ({", ".join(key)}) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in others)}
        WHERE {held} IS DISTINCT FROM {excluded}{newer}
    """


async def _columns(connection: AsyncConnection, table: sa.Table) -> list[str]:
    columns = await live_columns(connection, table)
    if missing := [str(column.name) for column in table.columns if column.name not in columns]:
        raise CannotSwap(f"{table.name} has no {', '.join(missing)} in use: migrate first")
    return columns
