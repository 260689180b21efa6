"""Rows that could not be read: kept with body, reason and page, so that nothing WB sent is lost."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from servicekit.db import Database
from servicekit.operators import record_command
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

_PUT = text("""
    INSERT INTO quarantine (cabinet_id, resource, body_hash, body, reason, page)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), body_hash, body, reason, CAST(:page AS jsonb)
    FROM unnest(CAST(:hashes AS bytea[]), CAST(:bodies AS bytea[]), CAST(:reasons AS text[]))
        AS broken (body_hash, body, reason)
    ON CONFLICT (cabinet_id, resource, body_hash) DO UPDATE SET
        reason = excluded.reason, page = excluded.page, last_seen_at = now(), times = quarantine.times + 1
    RETURNING times
""")
_LIST = text("""
    SELECT cabinet_id, resource, reason, page, first_seen_at, last_seen_at, times, body FROM quarantine
    WHERE (CAST(:cabinet_id AS uuid) IS NULL OR cabinet_id = :cabinet_id)
        AND (CAST(:resource AS text) IS NULL OR resource = :resource)
    ORDER BY first_seen_at, body_hash LIMIT :limit
""")
_PLACES = text("""
    SELECT DISTINCT resource, cabinet_id FROM quarantine
    WHERE (CAST(:cabinet_id AS uuid) IS NULL OR cabinet_id = :cabinet_id)
        AND (CAST(:resource AS text) IS NULL OR resource = :resource)
    ORDER BY resource, cabinet_id
""")
_KEPT = text("""
    SELECT body_hash, body, last_seen_at FROM quarantine
    WHERE cabinet_id = :cabinet_id AND resource = :resource
        AND (CAST(:at AS timestamptz) IS NULL OR (last_seen_at, body_hash) > (:at, CAST(:body_hash AS bytea)))
    ORDER BY last_seen_at, body_hash LIMIT :limit
""")
_RELEASE = text("""
    DELETE FROM quarantine
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND body_hash = ANY (CAST(:hashes AS bytea[]))
""")
_DROP = text("""
    DELETE FROM quarantine WHERE (cabinet_id, resource, body_hash) IN (
        SELECT cabinet_id, resource, body_hash FROM quarantine
        WHERE (CAST(:cabinet_id AS uuid) IS NULL OR cabinet_id = :cabinet_id) AND resource = :resource
        ORDER BY first_seen_at, body_hash LIMIT :limit FOR UPDATE
    )
    RETURNING cabinet_id, resource, reason, page, first_seen_at, last_seen_at, times, body
""")
_EXPLAIN = text("""
    UPDATE quarantine SET reason = broken.reason
    FROM unnest(CAST(:hashes AS bytea[]), CAST(:reasons AS text[])) AS broken (body_hash, reason)
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND quarantine.body_hash = broken.body_hash
""")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be read, as WB sent it."""

    body: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows in quarantine belong."""

    cabinet_id: UUID
    resource: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A row in quarantine, as WB sent it last at `last_seen_at`."""

    body_hash: bytes
    body: bytes
    last_seen_at: datetime


async def put(
    connection: AsyncConnection, cabinet_id: UUID, resource: str, broken: Sequence[Broken], page: dict[str, Any]
) -> int:
    """Keep broken rows; the same body again is the same row, seen once more. How many were not kept before."""
    if not broken:
        return 0
    distinct = {hashlib.blake2b(row.body, digest_size=16).digest(): row for row in broken}
    kept = await connection.execute(
        _PUT,
        {
            "cabinet_id": cabinet_id,
            "resource": resource,
            "page": json.dumps(page),
            "hashes": list(distinct),
            "bodies": [row.body for row in distinct.values()],
            "reasons": [row.reason for row in distinct.values()],
        },
    )
    return sum(times == 1 for times in kept.scalars())


async def places(database: Database, *, cabinet_id: UUID | None, resource: str | None) -> list[Place]:
    """Where there are rows in quarantine: of one cabinet, of one resource, or all."""
    async with database.transaction() as connection:
        rows = await connection.execute(_PLACES, {"cabinet_id": cabinet_id, "resource": resource})
        return [Place(**row) for row in rows.mappings()]


async def kept(connection: AsyncConnection, place: Place, *, after: Kept | None, limit: int) -> list[Kept]:
    """The rows of a place that come after one of them, those that WB sent last at the end."""
    values = {
        "cabinet_id": place.cabinet_id,
        "resource": place.resource,
        "at": after and after.last_seen_at,
        "body_hash": after and after.body_hash,
        "limit": limit,
    }
    return [Kept(**row) for row in (await connection.execute(_KEPT, values)).mappings()]


async def settle(
    connection: AsyncConnection, place: Place, rows: Sequence[Kept], still_broken: Mapping[bytes, str]
) -> None:
    """Drop the rows; those still broken stay, for the reasons of today, which are given by body."""
    keys = {"cabinet_id": place.cabinet_id, "resource": place.resource}
    read = [row.body_hash for row in rows if row.body not in still_broken]
    await connection.execute(_RELEASE, {**keys, "hashes": read})
    broken = {row.body_hash: still_broken[row.body] for row in rows if row.body in still_broken}
    await connection.execute(_EXPLAIN, {**keys, "hashes": list(broken), "reasons": list(broken.values())})


async def listed(
    database: Database, *, cabinet_id: UUID | None = None, resource: str | None = None, limit: int
) -> AsyncIterator[dict[str, Any]]:
    """Quarantined rows, oldest first, ready for JSON."""
    asked = {"cabinet_id": cabinet_id, "resource": resource, "limit": limit}
    async with database.transaction() as connection:
        for row in (await connection.execute(_LIST, asked)).mappings():
            yield _shown(row)


async def drop_as_operator(
    database: Database, *, cabinet_id: UUID | None = None, resource: str, limit: int
) -> AsyncIterator[dict[str, Any]]:
    """Forget the oldest rows of a resource, as they were, ready for JSON; recorded for the audit.

    Nothing is forgotten unless all were taken. What WB sends broken once more is kept anew.
    """
    asked = {"cabinet_id": cabinet_id, "resource": resource, "limit": limit}
    async with database.transaction() as connection:
        rows = (await connection.execute(_DROP, asked)).mappings().all()
        await record_command(
            connection,
            "ingestor",
            "ingestor quarantine drop",
            cabinet_id=cabinet_id,
            after={"resource": resource, "limit": limit, "rows": len(rows)},
        )
        for row in rows:
            yield _shown(row)


def _shown(row: RowMapping) -> dict[str, Any]:
    return {
        **row,
        "cabinet_id": str(row["cabinet_id"]),
        "first_seen_at": row["first_seen_at"].isoformat(),
        "last_seen_at": row["last_seen_at"].isoformat(),
        "body": row["body"].decode(errors="replace"),
    }
