"""`sync_logs`: what every run asked, found and waited for."""

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from servicekit.telemetry import current_traceparent
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from ingestor import tables
from ingestor.sync.schedule import Lease

_INSERT = insert(tables.sync_logs)
_SUMMED = (
    "duration_seconds",
    "waited_seconds",
    "pages",
    "requests",
    "rows_same",
    "runs",
)
_ADD = pg_insert(tables.sync_logs)
_ADD = _ADD.on_conflict_do_update(
    index_elements=["cabinet_id", "id"],
    set_={
        **{name: tables.sync_logs.c[name] + _ADD.excluded[name] for name in _SUMMED},
        **{name: _ADD.excluded[name] for name in ("asked", "last_started_at", "traceparent")},
    },
)


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

    @property
    def found_anything(self) -> bool:
        """Whether WB had anything that was not known as it is."""
        return bool(self.rows_new or self.rows_changed or self.rows_quarantined or self.rows_gone)

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
    """Store a run's line; those of an hour's scheduled runs that found nothing are one, which counts them."""
    # Of ten thousand cabinets nearly all runs are such.
    in_one_run = lease.trigger == "schedule" and outcome == "completed" and not lease.progress
    quiet = in_one_run and error is None and not counts.found_anything
    await connection.execute(
        _ADD if quiet else _INSERT,
        {
            "cabinet_id": lease.cabinet_id,
            "id": _id_of_hour(lease.resource, started_at) if quiet else uuid7(),
            "last_started_at": started_at if quiet else None,
            "runs": 1,
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


def _id_of_hour(resource: str, moment: datetime) -> UUID:
    """The id of a resource's line of an hour: one that sorts by time, as those of `uuid7` do."""
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    milliseconds = round(hour.timestamp() * 1000)
    chosen = hashlib.sha256(resource.encode()).digest()[:10]
    number = milliseconds << 80 | int.from_bytes(chosen)
    version, variant = 7 << 76, 2 << 62
    return UUID(int=number & ~(0xF << 76) & ~(3 << 62) | version | variant)
