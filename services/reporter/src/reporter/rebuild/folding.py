"""Folding the log into the shadow: the same handlers as ever, called as functions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from contracts.envelope import Event, EventData, Origin
from contracts.registry import UnreadableEvent, parse_event
from contracts.topics import QUEUES
from servicekit import event_log
from servicekit.consume import Handler
from servicekit.db import Database
from servicekit.event_log import LoggedEvent, Position
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.rebuild.shadow import LIVE

_HANDLED = text(f"""
SELECT event_id FROM {LIVE}.inbox
WHERE (consumer, event_id) IN (SELECT * FROM unnest(CAST(:consumers AS text[]), CAST(:ids AS uuid[])))
""")
_REMEMBERS_SINCE = text(f"SELECT min(received_at) FROM {LIVE}.inbox")


@dataclass
class Folded:
    """What a pass over the log of a cabinet came to."""

    events: int = 0
    unreadable: int = 0
    unhandled: int = 0
    """Events that the reporter has yet to handle. It will tell people of the live ones, so they are left to it."""
    begins_at: datetime | None = None
    """The oldest event; none: there is none."""
    next_since: dict[str, datetime] = field(default_factory=dict)
    """For each publisher, from where the next pass must read on to miss nothing."""


@dataclass(frozen=True)
class Window:
    """The part of the log that is folded: from `since` on (by publisher), before `until`."""

    since: Mapping[str, datetime] = field(default_factory=dict)
    until: datetime | None = None
    unhandled_too: bool = False
    """Also what the reporter has not handled yet."""


async def fold(
    shadow: Database, cabinet_id: UUID, handlers: Mapping[type[EventData], Handler], window: Window
) -> Folded:
    """Fold a cabinet's events of the window, as they come in the log, page by page."""
    folded = Folded()
    for publisher, types in event_log.by_publisher(each.TYPE for each in handlers).items():
        async with shadow.transaction() as connection:
            folded.next_since[publisher] = await event_log.horizon(connection, [publisher])
            begins_at = await event_log.begins_at(connection, publisher, cabinet_id, types)
            remembers = await connection.scalar(_REMEMBERS_SINCE)
        folded.begins_at = min(filter(None, (folded.begins_at, begins_at)), default=None)
        after: Position | None = None
        while True:
            async with shadow.transaction() as connection:
                page = await event_log.page(
                    connection, publisher, cabinet_id, types,
                    since=window.since.get(publisher), until=window.until, after=after,
                )  # fmt: skip
                if not page:
                    break
                readable = _readable(page, folded)
                left = set() if window.unhandled_too else await _unhandled(connection, readable, remembers)
                for logged, event in readable:
                    if event.id in left:
                        folded.unhandled += 1
                        folded.next_since[publisher] = min(folded.next_since[publisher], logged.created_at)
                        continue
                    folded.events += 1
                    # Not as what is live: nobody is told of it again, and it is counted when all of it is there.
                    again = event.model_copy(update={"origin": Origin.REPLAY})
                    await handlers[type(event.data)](connection, again)
            after = Position(page[-1].created_at, page[-1].id)
    return folded


def _readable(page: Collection[LoggedEvent], folded: Folded) -> "list[tuple[LoggedEvent, Event[EventData]]]":
    found = []
    for logged in page:
        try:
            found.append((logged, parse_event(logged.body)))
        except UnreadableEvent:
            folded.unreadable += 1
    return found


async def _unhandled(
    connection: AsyncConnection, page: "list[tuple[LoggedEvent, Event[EventData]]]", remembers: datetime | None
) -> set[UUID]:
    """Which events the reporter has not handled yet; what is older than its inbox counts as handled."""
    asked = {
        event.id: _consumer(type(event.data), event.origin)
        for logged, event in page
        if remembers is not None and logged.created_at >= remembers
    }
    if not asked:
        return set()
    handled = await connection.execute(_HANDLED, {"consumers": list(asked.values()), "ids": list(asked)})
    return asked.keys() - set(handled.scalars())


def _consumer(event: type[EventData], origin: Origin) -> str:
    # What has no queue comes to nobody: the inbox does not know it.
    named = (q.name for q in QUEUES if q.service == LIVE and origin in q.origins and event in q.events)
    return next(named, "")
