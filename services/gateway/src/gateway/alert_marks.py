"""What is done about alerts: acknowledged, snoozed, resolved by hand. A mark holds for its alert's episode."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.alerts import AlertMark, AlertsMarkedV1
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import noting
from gateway.published import show_only


class MarkState(StrEnum):
    """What was done about an alert."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


_FIND = text("""
SELECT cabinet_id, episode FROM reporter_published.alerts
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND alert_id = :alert_id
""")
# What says the same again changes nothing, and is not told.
_MARK = text("""
INSERT INTO alert_marks AS mark (cabinet_id, alert_id, episode, revision, state, until, marked_by, marked_at)
SELECT :cabinet_id, :alert_id, :episode, 1, CAST(:state AS text), CAST(:until AS timestamptz), :user, :now
WHERE CAST(:state AS text) IS NOT NULL
    OR EXISTS (SELECT FROM alert_marks WHERE (cabinet_id, alert_id) = (:cabinet_id, :alert_id))
ON CONFLICT (cabinet_id, alert_id) DO UPDATE SET
    episode = excluded.episode, revision = mark.revision + 1, state = excluded.state, until = excluded.until,
    marked_by = excluded.marked_by, marked_at = excluded.marked_at
WHERE (mark.episode, mark.state, mark.until) IS DISTINCT FROM (excluded.episode, excluded.state, excluded.until)
RETURNING revision
""")


async def cabinet_of(connection: AsyncConnection, cabinets: Sequence[UUID], alert_id: UUID) -> tuple[UUID, int] | None:
    """The one of these cabinets that the alert is of, and its episode; None: it is of none of them."""
    await show_only(connection, cabinets)
    row = (await connection.execute(_FIND, {"cabinets": list(cabinets), "alert_id": alert_id})).first()
    return (row.cabinet_id, row.episode) if row else None


async def mark(
    connection: AsyncConnection,
    cabinet_id: UUID,
    alert_id: UUID,
    *,
    episode: int,
    user: int,
    state: MarkState | None,
    until: datetime | None = None,
) -> None:
    """Mark the alert, in place of what was done about it before, and announce it; without a state, take that back."""
    now = clock.now()
    values = {"cabinet_id": cabinet_id, "alert_id": alert_id, "episode": episode, "state": state, "until": until}
    revision = await connection.scalar(_MARK, {**values, "user": user, "now": now})
    if revision is None:
        return
    noting.changed(after={"state": state, "until": until, "revision": revision})
    told = AlertMark(
        alert_id=alert_id,
        episode=episode,
        revision=revision,
        state=state.value if state else None,
        until=until,
        marked_by=user,
        marked_at=now,
    )
    await outbox.append(connection, [new_event(AlertsMarkedV1(marks=(told,)), cabinet_id=cabinet_id)])
