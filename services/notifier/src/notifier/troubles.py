"""What a seller was told to be wrong with a cabinet, until it is over: told once, and once more at the end.

Events may come late and twice. A trouble changes only by an event newer than the one that changed it last, so whatever
their order, the state is that of the newest; a message goes out where the state turns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from contracts.envelope import Event
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

TroubleKind = Literal["suspended", "scope", "delayed"]

WHOLE = ""
"""The subject of what is wrong with the whole cabinet."""

# One event of a cabinet at a time: what is read here is what is written over.
_IS_GONE = text("""
SELECT disconnected_at IS NOT NULL FROM cabinets WHERE cabinet_id = :cabinet_id FOR NO KEY UPDATE
""")
_READ = text("""
SELECT subject, since, reason, changed_at, is_open FROM troubles
WHERE (cabinet_id, kind) = (:cabinet_id, :kind) AND subject = ANY (CAST(:subjects AS text[]))
""")
_WRITE = text("""
INSERT INTO troubles (cabinet_id, kind, subject, reason, since, changed_at, is_open)
SELECT :cabinet_id, :kind, subject, :reason, since, :time, :is_open
FROM unnest(CAST(:subjects AS text[]), CAST(:since AS timestamptz[])) AS turned (subject, since)
ON CONFLICT (cabinet_id, kind, subject) DO UPDATE SET
    reason = excluded.reason, since = excluded.since, changed_at = excluded.changed_at, is_open = excluded.is_open
""")
_END_ALL = text("""
UPDATE troubles SET is_open = false, changed_at = :time
WHERE cabinet_id = :cabinet_id AND kind = ANY (CAST(:kinds AS text[])) AND changed_at < :time
""")


@dataclass(frozen=True)
class Ended:
    """A trouble that is over: since when it was, and why."""

    since: datetime
    reason: str


async def begin(
    connection: AsyncConnection, event: Event[Any], kind: TroubleKind, subjects: list[str], reason: str
) -> set[str]:
    """Note troubles; the subjects of those that are news: they were not there, or for another reason."""
    before = await _before(connection, event, kind, subjects)
    still = {subject: trouble for subject, trouble in before.items() if trouble and trouble.is_open}
    since = {subject: still[subject].since if subject in still else event.time for subject in before}
    await _write(connection, event, kind, since, reason=reason, is_open=True)
    return {subject for subject in before if subject not in still or still[subject].reason != reason}


async def end(
    connection: AsyncConnection, event: Event[Any], kind: TroubleKind, subjects: list[str]
) -> dict[str, Ended]:
    """Note that troubles are over; those, by their subjects, that there were to speak of."""
    before = await _before(connection, event, kind, subjects)
    await _write(connection, event, kind, dict.fromkeys(before, event.time), reason="", is_open=False)
    return {
        subject: Ended(trouble.since, trouble.reason)
        for subject, trouble in before.items()
        if trouble and trouble.is_open
    }


async def end_silently(connection: AsyncConnection, event: Event[Any], *kinds: TroubleKind) -> None:
    """Forget troubles that the seller has just done something about."""
    await connection.execute(_END_ALL, {"cabinet_id": event.cabinetid, "kinds": list(kinds), "time": event.time})


async def _before(
    connection: AsyncConnection, event: Event[Any], kind: TroubleKind, subjects: list[str]
) -> dict[str, Row[Any] | None]:
    """Those subjects that the event is news of, with what is known (None: nothing); none of a cabinet that is gone."""
    cabinet = {"cabinet_id": event.cabinetid}
    if (await connection.execute(_IS_GONE, cabinet)).scalar():
        return {}
    found = await connection.execute(_READ, {**cabinet, "kind": kind, "subjects": subjects})
    known: dict[str, Row[Any] | None] = dict.fromkeys(subjects) | {row.subject: row for row in found}
    return {subject: row for subject, row in known.items() if row is None or row.changed_at < event.time}


async def _write(
    connection: AsyncConnection,
    event: Event[Any],
    kind: TroubleKind,
    since: Mapping[str, datetime],
    *,
    reason: str,
    is_open: bool,
) -> None:
    if since:
        await connection.execute(
            _WRITE,
            {
                "cabinet_id": event.cabinetid,
                "kind": kind,
                "subjects": list(since),
                "since": list(since.values()),
                "reason": reason,
                "time": event.time,
                "is_open": is_open,
            },
        )
