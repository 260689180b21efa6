"""Rows that could not be read: kept with body, reason and page, so that nothing WB sent is lost."""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_PUT = text("""
    INSERT INTO quarantine (cabinet_id, resource, body_hash, body, reason, page)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), body_hash, body, reason, CAST(:page AS jsonb)
    FROM unnest(CAST(:hashes AS bytea[]), CAST(:bodies AS bytea[]), CAST(:reasons AS text[]))
        AS broken (body_hash, body, reason)
    ON CONFLICT (cabinet_id, resource, body_hash) DO UPDATE SET
        reason = excluded.reason, page = excluded.page, last_seen_at = now(), times = quarantine.times + 1
""")
_LIST = text("""
    SELECT cabinet_id, resource, reason, page, first_seen_at, last_seen_at, times, body FROM quarantine
    WHERE (CAST(:cabinet_id AS uuid) IS NULL OR cabinet_id = :cabinet_id)
    ORDER BY first_seen_at, body_hash LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be read, as WB sent it."""

    body: bytes
    reason: str


async def put(
    connection: AsyncConnection, cabinet_id: UUID, resource: str, broken: Sequence[Broken], page: dict[str, Any]
) -> None:
    """Keep broken rows; the same body again is the same row, seen once more."""
    if not broken:
        return
    distinct = {hashlib.blake2b(row.body, digest_size=16).digest(): row for row in broken}
    await connection.execute(
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


async def listed(database: Database, *, cabinet_id: UUID | None, limit: int) -> AsyncIterator[dict[str, Any]]:
    """Quarantined rows, oldest first, ready for JSON."""
    async with database.transaction() as connection:
        for row in (await connection.execute(_LIST, {"cabinet_id": cabinet_id, "limit": limit})).mappings():
            yield {
                **row,
                "cabinet_id": str(row["cabinet_id"]),
                "first_seen_at": row["first_seen_at"].isoformat(),
                "last_seen_at": row["last_seen_at"].isoformat(),
                "body": row["body"].decode(errors="replace"),
            }
