"""Rows that WB stopped listing, found by comparing a whole re-read with what is stored."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Key, Resource
from ingestor.resources.table import data_names, sql_types
from ingestor.sync.snapshots import encoded

_REMEMBER = text("""
    INSERT INTO sync_seen (cabinet_id, resource, key)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), ARRAY(SELECT jsonb_array_elements_text(key))
    FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS listed (key)
    ON CONFLICT DO NOTHING
""")
_FORGET = text("DELETE FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource")

OBSERVED_AT = "observed_at"
"""The column, where a table has it, that says when WB listed a row last, or did not any more."""


async def remember(connection: AsyncConnection, resource: Resource, cabinet_id: UUID, keys: Sequence[Key]) -> int:
    """Keep the keys of a page of the re-read under way; how many of them it had before."""
    listed = msgspec.json.encode([[str(value) for value in key] for key in keys]).decode()
    added = await connection.execute(_REMEMBER, {"cabinet_id": cabinet_id, "resource": resource.name, "keys": listed})
    return len(keys) - added.rowcount


async def forget(connection: AsyncConnection, resource: Resource, cabinet_id: UUID) -> None:
    """Drop the remembered keys: a re-read begins or has ended."""
    await connection.execute(_FORGET, {"cabinet_id": cabinet_id, "resource": resource.name})


async def mark_gone(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, observed_at: datetime
) -> list[Change]:
    """Mark, and empty, the stored rows that the re-read did not have; the ones that were not gone before."""
    emptied = resource.emptied or {}
    values = {f"new_{name}": value for name, value in emptied.items()}
    if OBSERVED_AT in resource.table.columns:
        values["observed_at"] = observed_at
    answer = await connection.execute(
        _statement(resource), {"cabinet_id": cabinet_id, "resource": resource.name, **values}
    )
    names = data_names(resource.table)
    keys = [names.index(name) for name in resource.keys]
    changes = []
    for found in answer:
        row, revision, earlier = found[: len(names)], found[len(names)], found[len(names) + 1 :]
        fields = dict(zip(names, row, strict=True))
        fields |= {name: make(cabinet_id)(row) for name, make in resource.derived.items()}
        key = tuple([row[position] for position in keys])
        snapshot = encoded(resource, fields, cabinet_id)
        changes.append(Change(key, snapshot, revision, _previous(emptied, earlier), gone=True))
    return changes


@cache
def _statement(resource: Resource) -> TextClause:
    table, keys, types = resource.table.name, resource.keys, sql_types(resource.table)
    assigned = [f"{name} = :new_{name}" for name in resource.emptied or {}]
    if OBSERVED_AT in resource.table.columns:
        assigned.append("observed_at = :observed_at")
    told = [
        f"CAST(current.{name} AS text)" if types[name] == "JSONB" else f"current.{name}"
        for name in data_names(resource.table)
    ]
    earlier = [f"absent.{name}" for name in resource.emptied or {}]
    listed = ", ".join(f"CAST(key[{n}] AS {types[name]})" for n, name in enumerate(keys, start=1))
    # EXCEPT is never done row by row, as an anti-join is where PostgreSQL takes the keys just put in for few.
    return text(f"""
        WITH missing AS (
            SELECT {", ".join(keys)} FROM {table} WHERE cabinet_id = :cabinet_id AND NOT gone
            EXCEPT SELECT {listed} FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource
        ), absent AS (
            SELECT stored.* FROM {table} AS stored JOIN missing USING ({", ".join(keys)})
            WHERE stored.cabinet_id = :cabinet_id
        )
        UPDATE {table} AS current SET {", ".join([*assigned, "gone = true"])}, {resource.digest} = 0,
            revision = current.revision + 1, changed_at = now()
        FROM absent WHERE current.cabinet_id = :cabinet_id
            AND {" AND ".join(f"current.{name} = absent.{name}" for name in keys)}
        RETURNING {", ".join([*told, "current.revision", *earlier])}
    """)


def _previous(emptied: Any, earlier: Sequence[Any]) -> dict[str, Any]:
    return {name: old for (name, new), old in zip(emptied.items(), earlier, strict=True) if old != new}
