"""`sync_logs`: what every run asked, found and waited for."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from servicekit.telemetry import current_traceparent
from sqlalchemy import bindparam, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from ingestor import tables
from ingestor.sync.schedule import Lease

KEEP = timedelta(days=30)

_INSERT = insert(tables.sync_logs)
_FORGET = text("DELETE FROM sync_logs WHERE started_at < now() - :keep").bindparams(bindparam("keep", KEEP))


@dataclass(frozen=True, slots=True)
class Counts:
    """What was done, of one run or of a sync that took several."""

    pages: int = 0
    requests: int = 0
    rows_new: int = 0
    rows_changed: int = 0
    rows_same: int = 0
    rows_quarantined: int = 0
    rows_gone: int = 0
    waited_seconds: float = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def as_dict(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}


async def write(
    connection: AsyncConnection,
    lease: Lease,
    counts: Counts,
    *,
    outcome: str,
    error: str | None,
    started_at: datetime,
    duration_seconds: float,
) -> None:
    """Store a run's line."""
    await connection.execute(
        _INSERT,
        {
            "cabinet_id": lease.cabinet_id,
            "id": uuid7(),
            "resource": lease.resource,
            "trigger": lease.trigger,
            "outcome": outcome,
            "asked": lease.cursor,
            "started_at": started_at,
            "duration_seconds": duration_seconds,
            "error": error,
            "traceparent": current_traceparent(),
            **counts.as_dict(),
        },
    )


async def forget_old(connection: AsyncConnection) -> None:
    """Drop lines older than `KEEP`."""
    await connection.execute(_FORGET)
