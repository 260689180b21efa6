"""`sync_logs`: what every run asked, found and waited for."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from servicekit.telemetry import current_traceparent
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from ingestor import tables
from ingestor.sync.schedule import Lease

_INSERT = insert(tables.sync_logs)


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

    @property
    def rows(self) -> int:
        """Those that WB sent."""
        return self.rows_new + self.rows_changed + self.rows_same + self.rows_quarantined

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
