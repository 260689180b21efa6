"""Which rows a re-read that spans pages has had so far.

A re-read of one page needs no memory. That of a longer one is an unlogged table: it writes no WAL, and a crash of
PostgreSQL, or a standby that takes over, empties it whole. So its first entry says that it is there: a reading that
does not find it begins anew, instead of taking for gone what it has forgotten.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Key, Resource

THERE = "{}"
"""The first entry: the key of no row, as PostgreSQL spells an empty array."""

_BEGIN = text(f"""
    WITH earlier AS (DELETE FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource AND key <> '{THERE}')
    INSERT INTO sync_seen (cabinet_id, resource, key) VALUES (:cabinet_id, :resource, '{THERE}') ON CONFLICT DO NOTHING
""")
_ADD = text("""
    INSERT INTO sync_seen (cabinet_id, resource, key)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), ARRAY(SELECT jsonb_array_elements_text(key))
    FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS listed (key)
    ON CONFLICT DO NOTHING
""")
_REPEATED = text(f"""
    SELECT (SELECT count(*) FROM jsonb_array_elements(CAST(:keys AS jsonb)) AS listed (key)
            JOIN sync_seen AS seen ON seen.cabinet_id = :cabinet_id AND seen.resource = :resource
                AND seen.key = ARRAY(SELECT jsonb_array_elements_text(listed.key)))
    FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource AND key = '{THERE}'
""")
_FORGET = text("DELETE FROM sync_seen WHERE cabinet_id = :cabinet_id AND resource = :resource")


def spelt(keys: Sequence[Key]) -> str:
    """Keys as JSON: an array of arrays of texts, spelt as PostgreSQL spells the columns."""
    return msgspec.json.encode([[str(value) for value in key] for key in keys]).decode()


async def begin(connection: AsyncConnection, resource: Resource, cabinet_id: UUID) -> None:
    """A re-read begins that goes on after its first page."""
    await connection.execute(_BEGIN, _of(resource, cabinet_id))


async def add(connection: AsyncConnection, resource: Resource, cabinet_id: UUID, keys: Sequence[Key]) -> None:
    """Remember the keys of a page."""
    await connection.execute(_ADD, {**_of(resource, cabinet_id), "keys": spelt(keys)})


async def repeated(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, keys: Sequence[Key]
) -> int | None:
    """How many of a page's keys the re-read had before; none if that is not known any more."""
    found = await connection.execute(_REPEATED, {**_of(resource, cabinet_id), "keys": spelt(keys)})
    count: int | None = found.scalar()
    return count


async def forget(connection: AsyncConnection, resource: Resource, cabinet_id: UUID) -> None:
    """The re-read has ended."""
    await connection.execute(_FORGET, _of(resource, cabinet_id))


def _of(resource: Resource, cabinet_id: UUID) -> dict[str, object]:
    return {"cabinet_id": cabinet_id, "resource": resource.name}
