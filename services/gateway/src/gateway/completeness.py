"""How complete a cabinet's data are: what the ingestor's ledger says of each resource, and of each of its days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.published import show_only

MOST_DAYS = 5_000
"""More than a resource's days that are kept, or than the days with gaps that all of them have."""

_STATES = text("""
SELECT resource, first_load_done, last_success_at, is_compared, whole_at, whole_since, whole_until, is_reading, nights,
    due_at, error, unreadable, refused_days
FROM ingestor_published.completeness
WHERE cabinet_id = :cabinet_id AND (CAST(:resource AS text) IS NULL OR resource = :resource) ORDER BY resource
""")
# Of all resources only days that are not whole, or were not once.
_DAYS = text("""
SELECT resource, day, rows, hash, late, late_at, hidden, known_elsewhere, asked_at
FROM ingestor_published.completeness_days
WHERE cabinet_id = :cabinet_id AND (resource = :resource
    OR (CAST(:resource AS text) IS NULL AND (late > 0 OR hidden > 0 OR known_elsewhere > 0)))
ORDER BY resource, day DESC LIMIT :limit
""")


@dataclass(frozen=True)
class ResourceLedger:
    """What is known of a resource as a whole: see `ingestor_published.completeness`."""

    resource: str
    first_load_done: bool
    last_success_at: datetime | None
    is_compared: bool
    whole_at: datetime | None
    whole_since: date | None
    whole_until: date | None
    is_reading: bool
    nights: int | None
    due_at: datetime | None
    error: str | None
    unreadable: int
    refused_days: Sequence[date]


@dataclass(frozen=True)
class LedgerDay:
    """What is known of a day of Moscow: see `ingestor_published.completeness_days`."""

    resource: str
    day: date
    rows: int
    hash: int
    late: int
    late_at: datetime | None
    hidden: int
    known_elsewhere: int
    asked_at: datetime


async def ledgers(connection: AsyncConnection, cabinet_id: UUID, resource: str | None) -> list[ResourceLedger]:
    """What is known of a cabinet's resources, or of one of them, by name."""
    await show_only(connection, [cabinet_id])
    found = await connection.execute(_STATES, {"cabinet_id": cabinet_id, "resource": resource})
    return [ResourceLedger(**row) for row in found.mappings()]


async def days(connection: AsyncConnection, cabinet_id: UUID, resource: str | None) -> list[LedgerDay]:
    """The days of one resource, or of all of them those with gaps, the newest first; of a cabinet that is shown."""
    values = {"cabinet_id": cabinet_id, "resource": resource, "limit": MOST_DAYS}
    return [LedgerDay(**row) for row in (await connection.execute(_DAYS, values)).mappings()]
