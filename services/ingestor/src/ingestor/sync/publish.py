"""Telling what a page changed: events in the outbox, and the history of rows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from contracts.envelope import Event, Origin
from contracts.model import MAX_BATCH
from servicekit import outbox
from servicekit.db import driver
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import make_event
from ingestor.resources.resource import Change, Resource


class Announcement:
    """The changes of one page as they are found, made into events of `MAX_BATCH` rows; news and history apart."""

    def __init__(self, resource: Resource, cabinet_id: UUID, *, connected_at: datetime, first_load: bool) -> None:
        self._resource = resource
        self._cabinet_id = cabinet_id
        self._connected_at = connected_at.replace(microsecond=0)  # WB's times have whole seconds
        self._first_load = first_load
        self._waiting: dict[Origin, list[bytes]] = {Origin.LIVE: [], Origin.BACKFILL: []}
        self._events: list[tuple[Event[Any], bytes]] = []
        self._history: list[tuple[Any, ...]] = []
        self.new = 0
        self.changed = 0
        self.gone = 0

    def tell(self, change: Change) -> None:
        """Take a change in."""
        resource = self._resource
        if change.gone:
            self.gone += 1
        elif change.is_new:
            self.new += 1
        else:
            self.changed += 1
        previous = msgspec.json.encode(change.previous or {})
        if change.previous and resource.history is not None:
            self._history.append((self._cabinet_id, *change.key, change.revision, previous))
        is_live = resource.is_live(change, self._connected_at, self._first_load)
        origin = Origin.LIVE if is_live else Origin.BACKFILL
        waiting = self._waiting[origin]
        waiting.append(
            b'%b,"revision":%d,"change":"%b","previous":%b}'
            % (change.snapshot[:-1], change.revision, resource.kind(change).encode(), previous)
        )
        if len(waiting) == MAX_BATCH:
            self._make_event(origin)

    async def publish(self, connection: AsyncConnection) -> None:
        """Put everything told into the outbox and the history: one stream each."""
        if self._history and self._resource.history is not None:
            session = await driver(connection)
            await session.copy_records_to_table(
                self._resource.history.name,
                records=((*key, previous.decode()) for *key, previous in self._history),
                columns=["cabinet_id", *self._resource.keys, "revision", "previous"],
            )
            self._history.clear()
        if self._events or any(self._waiting.values()):
            await outbox.stream(connection, self.events())

    def _make_event(self, origin: Origin) -> None:
        waiting = self._waiting[origin]
        if not waiting:
            return
        # The rows are JSON already: the event is made without them, and they are put in as they are.
        event = make_event(self._resource.event.model_construct(), self._cabinet_id, origin=origin)
        head = event.model_dump_json(exclude={"data"})
        body = b'%b,"data":{"%b":[%b]}}' % (head[:-1].encode(), self._resource.rows.encode(), b",".join(waiting))
        self._events.append((event, body))
        waiting.clear()

    def events(self) -> Iterator[tuple[Event[Any], bytes]]:
        """The events of everything told, each with its body; they are given out once."""
        for origin in self._waiting:
            self._make_event(origin)
        # What was sent needs no memory any more.
        self._events.reverse()
        while self._events:
            yield self._events.pop()
