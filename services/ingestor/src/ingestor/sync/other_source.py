"""Two sources that tell of the same rows: what is news where one of them begins to be read long after the other."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import RESOURCES
from ingestor.sync.schedule import Lease

_NEWS_SINCE = text("""
    SELECT max(last_success_at) - interval '1 hour' FROM sync_state
    WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) AND first_load_done
""")


def sources_beside(resource: str) -> list[str]:
    """The resources that tell of the same rows as this one, each with columns of its own."""
    completes = RESOURCES[resource].completes
    return [each.name for each in RESOURCES.values() if each.completes == resource or each.name == completes]


async def news_since(database: Database, lease: Lease) -> datetime | None:
    """From when on what a first load finds is news: not before the other source was read last, less an hour.

    What that source showed is known; what it never showed, as orders that are not paid, may have been there for months,
    and nobody is told of all that at once. None: there is no such source, or it was not read to its end yet.
    """
    beside = sources_beside(lease.resource)
    if lease.first_load_done or not beside:
        return None
    async with database.transaction() as connection:
        since: datetime | None = await _since(connection, lease.cabinet_id, beside)
    return None if since is None else max(since, lease.connected_at)


async def _since(connection: AsyncConnection, cabinet_id: UUID, beside: Sequence[str]) -> datetime | None:
    found = await connection.execute(_NEWS_SINCE, {"cabinet_id": cabinet_id, "resources": list(beside)})
    since: datetime | None = found.scalar_one()
    return since
