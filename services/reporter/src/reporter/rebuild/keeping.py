"""What the tables in use have and the log has not any more: it is kept, and counted with the rest."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from contracts.analytics import WHOLE_CABINET
from contracts.items import Section
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import stale
from reporter.rebuild import copies
from reporter.rebuild.differences import live_columns
from reporter.rebuild.shadow import LIVE, empty

_CELLS = text(f"""
WITH {
    stale.marks(
        cells=" UNION ".join(
            f"SELECT nm_id, day FROM {table.name} WHERE cabinet_id = CAST(:cabinet_id AS uuid)"
            for table in copies.facts()
            if {"nm_id", "day"} <= set(table.columns.keys())
        )
    )
}
SELECT
""")
_ITEMS = text(
    " UNION ".join(
        f"SELECT nm_id FROM {table.name} WHERE cabinet_id = CAST(:cabinet_id AS uuid) AND nm_id IS NOT NULL"
        for table in copies.facts()
        if "nm_id" in table.columns
    )
)


LATER = "later_"
"""Tables of the keys of what came later, by the names of their own."""


async def keep(shadow: Database, cabinet_id: UUID, *, but_later: bool = False) -> dict[str, int]:
    """Copy facts into the shadow that it lacks, or has older; how many of each table.

    Where there are any, everything of the cabinet is marked to be counted. `but_later` leaves out what `note_later`
    noted.
    """
    kept = {}
    async with shadow.transaction() as connection:
        for table in copies.facts():
            kept[str(table.name)] = await _keep(connection, table, cabinet_id, but_later=but_later)
        if any(kept.values()):
            await mark_everything(connection, cabinet_id)
    return {name: rows for name, rows in kept.items() if rows}


async def note_later(shadow: Database) -> None:
    """The facts that are in the shadow now came later: they are noted, and the shadow is emptied."""
    async with shadow.transaction() as connection:
        for table in copies.facts():
            key = ", ".join(copies.key_of(table))
            await connection.execute(
                text(f"CREATE UNLOGGED TABLE {LATER}{table.name} AS SELECT {key} FROM {table.name}")
            )
    await empty(shadow)


async def mark_everything(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """All that is made of the cabinet's facts is to be counted."""
    values = {"cabinet_id": cabinet_id}
    await connection.execute(_CELLS, {**values, "is_live": False})
    items = set((await connection.execute(_ITEMS, values)).scalars()) | {WHOLE_CABINET}
    await stale.mark_sections(connection, cabinet_id, dict.fromkeys(Section, items), is_live=False, told=())


async def _keep(connection: AsyncConnection, table: sa.Table, cabinet_id: UUID, *, but_later: bool) -> int:
    columns: Collection[str] = await live_columns(connection, table)
    if not columns:
        return 0
    key = copies.key_of(table)
    newer = ""
    if "revision" in columns and "revision" not in key and not but_later:
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
        newer = f"DO UPDATE SET {changes} WHERE {table.name}.revision < excluded.revision"
    later = f"""
        AND NOT EXISTS (
            SELECT FROM {LATER}{table.name} AS later
            WHERE {" AND ".join(f"later.{name} = held.{name}" for name in key)}
        )
    """
    kept = await connection.execute(
        text(f"""
            INSERT INTO {table.name} ({", ".join(columns)})
            SELECT {", ".join(columns)} FROM {LIVE}.{table.name} AS held
            WHERE cabinet_id = CAST(:cabinet_id AS uuid){later if but_later else ""}
            ON CONFLICT ({", ".join(key)}) {newer or "DO NOTHING"}
        """),
        {"cabinet_id": cabinet_id},
    )
    return kept.rowcount
