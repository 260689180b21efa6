"""`replays`: one row for each replay of the service, who asked for it, what of it was sent, and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.replay.selection import Selection
from servicekit.retention import OlderThan, Rule

if TYPE_CHECKING:
    # What a service imports to run has no need of the migrations' tool.
    from servicekit.outbox.schema import Op

NAME = "replays"
RULE: Rule = OlderThan("requested_at", 400)

DDL = f"""
CREATE TABLE {NAME} (
    replay_id uuid PRIMARY KEY,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    consumer text NOT NULL,
    types text[] NOT NULL,
    cabinet_ids uuid[],
    since timestamptz,
    until timestamptz NOT NULL,
    events_per_second double precision,
    events bigint NOT NULL,
    sent bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'running',
    at_cabinet uuid,
    at_publisher text,
    at_created_at timestamptz,
    at_id uuid,
    sent_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
)
"""


class State(StrEnum):
    """Of a replay. One whose process died is still `running`: it can be resumed at once."""

    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True)
class Place:
    """Up to where a replay has come: all cabinets and publishers before these are done, and of these up to an event."""

    cabinet_id: UUID
    publisher: str
    created_at: datetime
    id: UUID


@dataclass(frozen=True)
class Replay:
    """A replay as it stands."""

    replay_id: UUID
    requested_by: str
    requested_at: datetime
    selection: Selection
    events_per_second: float | None
    events: int
    sent: int
    state: State
    place: Place | None
    sent_at: datetime
    ended_at: datetime | None
    quiet_seconds: float
    """Since it last sent something."""


_COLUMNS = "*, extract(epoch FROM clock_timestamp() - sent_at) AS quiet_seconds"
_FIND = text(f"SELECT {_COLUMNS} FROM {NAME} WHERE replay_id = :replay_id")
_HOLD = text(f"SELECT {_COLUMNS} FROM {NAME} WHERE replay_id = :replay_id FOR UPDATE")
_NEWEST = text(f"SELECT {_COLUMNS} FROM {NAME} ORDER BY requested_at DESC LIMIT :limit")
_ADD = text(f"""
INSERT INTO {NAME} (replay_id, requested_by, consumer, types, cabinet_ids, since, until, events_per_second, events)
VALUES (:replay_id, :requested_by, :consumer, CAST(:types AS text[]), CAST(:cabinet_ids AS uuid[]),
    CAST(:since AS timestamptz), CAST(:until AS timestamptz), CAST(:events_per_second AS double precision), :events)
""")
_ADVANCE = text(f"""
UPDATE {NAME} SET sent = sent + :sent, at_cabinet = :cabinet_id, at_publisher = :publisher,
    at_created_at = CAST(:created_at AS timestamptz), at_id = CAST(:id AS uuid),
    sent_at = CASE WHEN :sent > 0 THEN clock_timestamp() ELSE sent_at END
WHERE replay_id = :replay_id
""")
_TURN = text(f"""
UPDATE {NAME} SET state = :state,
    ended_at = CASE WHEN CAST(:state AS text) = '{State.RUNNING}' THEN NULL ELSE clock_timestamp() END
WHERE replay_id = :replay_id AND state <> '{State.DONE}'
""")
_SPEED = text(f"""
SELECT sent / nullif(extract(epoch FROM ended_at - requested_at), 0) FROM {NAME}
WHERE state = '{State.DONE}' AND sent > 0 AND events_per_second IS NULL ORDER BY ended_at DESC LIMIT 1
""")


def create_replays(op: "Op") -> None:
    """The table, in the schema of a service that can be given replays."""
    op.execute(DDL)
    op.execute(f"CREATE INDEX {NAME}_requested_at ON {NAME} (requested_at)")


def drop_replays(op: "Op") -> None:
    op.execute(f"DROP TABLE {NAME}")


async def add(
    connection: AsyncConnection,
    replay_id: UUID,
    selection: Selection,
    *,
    requested_by: str,
    events: int,
    events_per_second: float | None,
) -> None:
    """Note a replay that begins now; its time must have an end."""
    await connection.execute(
        _ADD,
        {
            "replay_id": replay_id,
            "requested_by": requested_by,
            "consumer": selection.consumer,
            "types": list(selection.types),
            "cabinet_ids": None if selection.cabinet_ids is None else list(selection.cabinet_ids),
            "since": selection.since,
            "until": selection.until,
            "events_per_second": events_per_second,
            "events": events,
        },
    )


async def find(connection: AsyncConnection, replay_id: UUID) -> Replay | None:
    """The replay, if there is one."""
    row = (await connection.execute(_FIND, {"replay_id": replay_id})).first()
    return None if row is None else _replay(row)


async def hold(connection: AsyncConnection, replay_id: UUID) -> Replay | None:
    """As `find`; nobody else goes on with it, nor stops it, until the transaction ends."""
    row = (await connection.execute(_HOLD, {"replay_id": replay_id})).first()
    return None if row is None else _replay(row)


async def newest(connection: AsyncConnection, *, limit: int) -> Sequence[Replay]:
    """The replays that were asked for last."""
    return [_replay(row) for row in await connection.execute(_NEWEST, {"limit": limit})]


async def advance(connection: AsyncConnection, replay_id: UUID, place: Place, *, sent: int) -> None:
    """Note that so many more were sent, and up to where."""
    await connection.execute(_ADVANCE, {"replay_id": replay_id, "sent": sent, **vars(place)})


async def turn(connection: AsyncConnection, replay_id: UUID, state: State) -> bool:
    """Set the state; False if there is no such replay, or it is done."""
    return (await connection.execute(_TURN, {"replay_id": replay_id, "state": state.value})).rowcount > 0


async def last_speed(connection: AsyncConnection) -> float | None:
    """Events a second of the last replay that ended and had no limit; none: there was none."""
    found = await connection.scalar(_SPEED)
    return None if found is None else float(found)


def _replay(row: Row[Any]) -> Replay:
    place = None
    if row.at_cabinet is not None:
        place = Place(row.at_cabinet, row.at_publisher, row.at_created_at, row.at_id)
    cabinets = None if row.cabinet_ids is None else tuple(row.cabinet_ids)
    return Replay(
        replay_id=row.replay_id,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        selection=Selection(row.consumer, tuple(row.types), cabinets, row.since, row.until),
        events_per_second=row.events_per_second,
        events=row.events,
        sent=row.sent,
        state=State(row.state),
        place=place,
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        quiet_seconds=float(row.quiet_seconds),
    )
