"""Rows that WB stopped listing, found by comparing a whole re-read with what is stored."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Resource, Row
from ingestor.resources.table import data_columns, key_columns

_REMEMBER = text("""
    INSERT INTO sync_seen (cabinet_id, resource, key)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), ARRAY(SELECT jsonb_array_elements_text(key))
    FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS listed (key)
    ON CONFLICT DO NOTHING
""")
_FORGET = text("DELETE FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource")


async def remember(connection: AsyncConnection, resource: Resource, cabinet_id: UUID, rows: Sequence[Row]) -> None:
    """Keep the keys of a page that is not the last of its re-read."""
    await connection.execute(
        _REMEMBER, {"cabinet_id": cabinet_id, "resource": resource.name, "keys": _keys(resource, rows)}
    )


async def forget(connection: AsyncConnection, resource: Resource, cabinet_id: UUID) -> None:
    """Drop the remembered keys: a re-read begins or has ended."""
    await connection.execute(_FORGET, {"cabinet_id": cabinet_id, "resource": resource.name})


async def mark_gone(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, last_page: Sequence[Row], observed_at: datetime
) -> list[Change]:
    """Empty the stored rows that are neither remembered nor on the last page; the ones that were not gone before."""
    names = [column.name for column in data_columns(resource.table)]
    emptied = resource.emptied or {}
    assigned = ", ".join(f"{name} = :new_{name}" for name in emptied)
    keys = key_columns(resource.table)
    key = ", ".join(f"CAST({name} AS text)" for name in keys)
    table = resource.table.name
    answer = await connection.execute(
        text(f"""
            WITH listed AS (
                SELECT ARRAY(SELECT jsonb_array_elements_text(key)) AS key
                FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS page (key)
                UNION ALL SELECT key FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource
            ), absent AS (
                SELECT stored.* FROM {table} AS stored LEFT JOIN listed ON listed.key = ARRAY[{key}]
                WHERE stored.cabinet_id = :cabinet_id AND NOT stored.gone AND listed.key IS NULL
            )
            UPDATE {table} AS current SET {assigned}, observed_at = :observed_at,
                gone = true, content_hash = 0, revision = current.revision + 1, changed_at = now()
            FROM absent WHERE current.cabinet_id = :cabinet_id
                AND {" AND ".join(f"current.{name} = absent.{name}" for name in keys)}
            RETURNING {", ".join(f"current.{name}" for name in names)}, current.revision,
                {", ".join(f"absent.{name}" for name in emptied)}
        """),
        {
            "cabinet_id": cabinet_id,
            "resource": resource.name,
            "keys": _keys(resource, last_page),
            "observed_at": observed_at,
            **{f"new_{name}": value for name, value in emptied.items()},
        },
    )
    width = len(names)
    return [Change(tuple(row[:width]), row[width], _previous(emptied, row[width + 1 :]), gone=True) for row in answer]


def _previous(emptied: dict[str, Any], earlier: Sequence[Any]) -> dict[str, Any]:
    return {name: old for (name, new), old in zip(emptied.items(), earlier, strict=True) if old != new}


def _keys(resource: Resource, rows: Sequence[Row]) -> str:
    names = [column.name for column in data_columns(resource.table)]
    positions = [names.index(name) for name in key_columns(resource.table)]
    return json.dumps([[str(row[position]) for position in positions] for row in rows])
