"""The event log: what other services published, as their published views show it.

Events of one cabinet are read in the order of its key (the time of their transaction, then the id), in pages of bounded
size. A transaction that is open appears later among events that were read already: whoever must miss nothing begins
the next time at the `horizon` of the time before.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.registry import EVENTS
from contracts.webhooks import is_owner_id
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PAGE_EVENTS = 200
PAGE_BYTES = 8 * 2**20
"""Of bodies in a page; a larger event goes alone."""

_SHOW = text("SELECT set_config('pulse.cabinet_ids', :cabinet_id, true)")
_WITHIN = """
cabinet_id = CAST(:cabinet_id AS uuid) AND type = ANY (CAST(:types AS text[]))
    AND created_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
    AND created_at < coalesce(CAST(:until AS timestamptz), 'infinity')
"""
# A body is fetched only as far as those before it leave room; its length needs no body.
_PAGE = f"""
SELECT created_at, id, type, body FROM (
    SELECT *, row_number() OVER in_turn AS place, sum(octet_length(body)) OVER in_turn AS bytes
    FROM (
        SELECT created_at, id, type, body FROM {{log}}
        WHERE {_WITHIN}
            AND (CAST(:after_id AS uuid) IS NULL
                OR (created_at, id) > (CAST(:since AS timestamptz), CAST(:after_id AS uuid)))
        ORDER BY created_at, id LIMIT CAST(:limit AS integer)
    ) AS page
    WINDOW in_turn AS (ORDER BY created_at, id)
) AS counted
WHERE place = 1 OR bytes <= CAST(:bytes AS bigint) ORDER BY place
"""
_COUNT = f"""
SELECT type, CAST(created_at AT TIME ZONE 'UTC' AS date) AS day, count(*) AS events, sum(octet_length(body)) AS bytes
FROM {{log}} WHERE {_WITHIN} GROUP BY type, day
"""
_FIRST = f"SELECT created_at FROM {{log}} WHERE {_WITHIN} ORDER BY created_at, id LIMIT 1"


@dataclass(frozen=True)
class LoggedEvent:
    """An event as it was published."""

    created_at: datetime
    id: UUID
    type: str
    body: bytes


@dataclass(frozen=True)
class Position:
    """An event's place in the log of a cabinet's events that one service published."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True)
class Amount:
    """How many events of a type there are on a day (UTC), and the bytes of their bodies."""

    type: str
    day: date
    events: int
    bytes: int


def by_publisher(types: Iterable[str]) -> dict[str, list[str]]:
    """The event types by the service that publishes them: in whose log they are."""
    found: dict[str, list[str]] = {}
    for each in sorted(types):
        found.setdefault(EVENTS[each].PUBLISHER, []).append(each)
    return dict(sorted(found.items()))


async def cabinets(connection: AsyncConnection, publishers: Iterable[str]) -> list[UUID]:
    """The cabinets that have events in the logs of these services, in order; users with events of their own are no
    cabinets."""
    logs = " UNION ".join(f"SELECT cabinet_id FROM {each}_published.event_log_cabinets" for each in publishers)
    found = (await connection.execute(text(f"{logs} ORDER BY cabinet_id"))).scalars()
    return [each for each in found if not is_owner_id(each)]


async def page(
    connection: AsyncConnection,
    publisher: str,
    cabinet_id: UUID,
    types: Collection[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    after: Position | None = None,
    limit: int = PAGE_EVENTS,
) -> list[LoggedEvent]:
    """The events that come next, from `since` on and `after` a position, before `until`; none: that was all."""
    values = {
        **_within(cabinet_id, types, after.created_at if after else since, until),
        "after_id": after and after.id,
        "limit": min(limit, PAGE_EVENTS),
        "bytes": PAGE_BYTES,
    }
    return [LoggedEvent(*row) for row in await _ask(connection, publisher, _PAGE, values)]


async def count(
    connection: AsyncConnection,
    publisher: str,
    cabinet_id: UUID,
    types: Collection[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Amount]:
    """What there is of a cabinet, by type and day."""
    rows = await _ask(connection, publisher, _COUNT, _within(cabinet_id, types, since, until))
    return [Amount(row.type, row.day, row.events, int(row.bytes)) for row in rows]


async def begins_at(
    connection: AsyncConnection, publisher: str, cabinet_id: UUID, types: Collection[str]
) -> datetime | None:
    """The time of the oldest event that there still is; none: there is no event."""
    rows = await _ask(connection, publisher, _FIRST, _within(cabinet_id, types, None, None))
    return rows[0].created_at if rows else None


async def horizon(connection: AsyncConnection, publishers: Iterable[str]) -> datetime:
    """A time before which no event will appear any more in the logs of these services."""
    oldest = ", ".join(f"{each}_published.event_log_horizon()" for each in publishers)
    found: datetime = (await connection.execute(text(f"SELECT least({oldest})"))).scalar_one()
    return found


def _within(
    cabinet_id: UUID, types: Collection[str], since: datetime | None, until: datetime | None
) -> dict[str, object]:
    return {"cabinet_id": cabinet_id, "types": list(types), "since": since, "until": until}


async def _ask(
    connection: AsyncConnection, publisher: str, statement: str, values: Mapping[str, object]
) -> Sequence[Any]:
    await connection.execute(_SHOW, {"cabinet_id": str(values["cabinet_id"])})
    return (await connection.execute(text(statement.format(log=f"{publisher}_published.event_log")), values)).all()
