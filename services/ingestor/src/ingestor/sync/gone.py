"""Rows that WB stopped listing, found by comparing a whole re-read with what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from servicekit.sql_types import sql_types
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Key, Resource
from ingestor.resources.table import data_names
from ingestor.sync.seen import spelt
from ingestor.sync.snapshots import encoded

OBSERVED_AT = "observed_at"
"""The column, where a table has it, that says when WB listed a row last, or did not any more."""

Spelt = tuple[str, ...]
"""A key as PostgreSQL spells its columns."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The `keys` of rows that a re-read did not list, of so many `known` ones; each of the `groups` had so many."""

    known: int
    keys: Sequence[Spelt]
    groups: dict[str, int]

    def whole_groups(self, place: int, *, least: int) -> bool:
        """Whether all rows of a group that had `least` of them are missing; `place` is where keys name their group."""
        lost: dict[str, int] = {}
        for key in self.keys:
            lost[key[place]] = lost.get(key[place], 0) + 1
        return any(count >= least and self.groups.get(name) == count for name, count in lost.items())


async def find_missing(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, listed: Sequence[Key]
) -> Missing:
    """The stored rows that neither the last page, which `listed` is of, nor the pages before it had."""
    values = {"cabinet_id": cabinet_id, "resource": resource.name, "listed": spelt(listed)}
    known, keys, groups = (await connection.execute(_find(resource), values)).one()
    return Missing(known, [tuple(key) for key in keys or ()], groups or {})


async def mark_gone(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, keys: Sequence[Spelt], observed_at: datetime
) -> list[Change]:
    """Mark, and empty, stored rows that WB does not list any more."""
    if not keys:
        return []
    emptied = resource.storage.when_gone or {}
    values: dict[str, Any] = {f"new_{name}": value for name, value in emptied.items()}
    if OBSERVED_AT in resource.storage.table.columns:
        values["observed_at"] = observed_at
    answer = await connection.execute(_mark(resource), {"cabinet_id": cabinet_id, "keys": spelt(keys), **values})
    names = data_names(resource.storage.table)
    positions = [names.index(name) for name in resource.storage.keys]
    changes = []
    for found in answer:
        row, revision, earlier = found[: len(names)], found[len(names)], found[len(names) + 1 :]
        fields = dict(zip(names, row, strict=True))
        fields |= {name: make(cabinet_id)(row) for name, make in resource.publishing.derived.items()}
        key = tuple([row[position] for position in positions])
        snapshot = encoded(resource, fields, cabinet_id)
        changes.append(Change(key, snapshot, revision, _previous(emptied, earlier), gone=True))
    return changes


# What was not asked about could not be listed.
_UNASKED = """
                UNION ALL SELECT CAST(subject AS bigint)
                FROM refused_subjects WHERE cabinet_id = :cabinet_id AND resource = :resource
"""


def _columns(resource: Resource, key: str) -> str:
    types = sql_types(resource.storage.table)
    return ", ".join(f"CAST({key.format(n)} AS {types[name]})" for n, name in enumerate(resource.storage.keys))


@cache
def _find(resource: Resource) -> TextClause:
    storage = resource.storage
    types = sql_types(storage.table)
    keys = ", ".join(storage.keys)
    group = storage.grouped_by
    groups = f"(SELECT jsonb_object_agg({group}, n) FROM (SELECT {group}, count(*) AS n FROM known GROUP BY 1) AS g)"
    seen = [f"CAST(key[{n}] AS {types[name]})" for n, name in enumerate(storage.keys, start=1)]
    # EXCEPT is never done row by row, as an anti-join is where PostgreSQL takes the keys just put in for few.
    return text(f"""
        WITH known AS MATERIALIZED (
            SELECT {keys} FROM {storage.table.name} WHERE cabinet_id = :cabinet_id AND NOT gone
        ), missing AS (
            SELECT {keys} FROM known
            EXCEPT (
                SELECT {_columns(resource, "key ->> {}")} FROM jsonb_array_elements(CAST(:listed AS jsonb)) AS l (key)
                UNION ALL SELECT {", ".join(seen)}
                FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource
                {_UNASKED if resource.reading.subjects else ""}
            )
        )
        SELECT (SELECT count(*) FROM known),
            (SELECT array_agg(ARRAY[{", ".join(f"CAST({name} AS text)" for name in storage.keys)}]) FROM missing),
            {groups if group else "NULL"}
    """)


@cache
def _mark(resource: Resource) -> TextClause:
    table, keys, types = resource.storage.table.name, resource.storage.keys, sql_types(resource.storage.table)
    assigned = [f"{name} = :new_{name}" for name in resource.storage.when_gone or {}]
    if OBSERVED_AT in resource.storage.table.columns:
        assigned.append("observed_at = :observed_at")
    told = [
        f"CAST(current.{name} AS text)" if types[name] == "JSONB" else f"current.{name}"
        for name in data_names(resource.storage.table)
    ]
    earlier = [f"absent.{name}" for name in resource.storage.when_gone or {}]
    return text(f"""
        WITH missing ({", ".join(keys)}) AS (
            SELECT {_columns(resource, "key ->> {}")} FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS m (key)
        ), absent AS (
            SELECT stored.* FROM {table} AS stored JOIN missing USING ({", ".join(keys)})
            WHERE stored.cabinet_id = :cabinet_id
        )
        UPDATE {table} AS current SET {", ".join([*assigned, "gone = true"])}, {resource.storage.digest} = 0,
            revision = current.revision + 1, changed_at = now()
        FROM absent WHERE current.cabinet_id = :cabinet_id
            AND {" AND ".join(f"current.{name} = absent.{name}" for name in keys)}
        RETURNING {", ".join([*told, "current.revision", *earlier])}
    """)


def _previous(emptied: Any, earlier: Sequence[Any]) -> dict[str, Any]:
    return {name: old for (name, new), old in zip(emptied.items(), earlier, strict=True) if old != new}
