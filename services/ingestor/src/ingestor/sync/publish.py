"""Telling what a page changed: events in the outbox, and the history of rows."""

import re
from collections import Counter
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

# Within a text its quotes are escaped.
_CURRENCY = re.compile(rb'"currency":"([A-Z]{3})"')
_UNSTATED = b'"currency":null'
_encode = msgspec.json.Encoder().encode


class Announcement:
    """The changes of one page as they are found, made into events of `MAX_BATCH` rows; news and history apart.

    Nothing is news that came about before `news_since`, or of which nobody knows when (default: the resource decides).
    """

    def __init__(
        self,
        resource: Resource,
        cabinet_id: UUID,
        *,
        connected_at: datetime,
        first_load: bool,
        currency: str | None = None,
        news_since: datetime | None = None,
    ) -> None:
        self._resource = resource
        self._cabinet_id = cabinet_id
        self._connected_at = connected_at.replace(microsecond=0)  # WB's times have whole seconds
        self._first_load = first_load
        self._news_since = news_since
        self._currency = currency.encode() if currency and resource.publishing.in_sellers_currency else None
        self._stated: Counter[bytes] = Counter()
        self._changes: list[Change] = []
        self._history: list[tuple[Any, ...]] = []
        self.new = 0
        self.changed = 0
        self.gone = 0

    def add(self, change: Change) -> None:
        """Take a change in; it is made into a part of an event when that is sent."""
        if change.gone:
            self.gone += 1
        elif change.is_new:
            self.new += 1
        else:
            self.changed += 1
        if self._resource.publishing.states_currency and (stated := _CURRENCY.search(change.snapshot)):
            self._stated[stated[1]] += 1
        self._changes.append(change)

    @property
    def currency(self) -> str | None:
        """The seller's currency, as most of the rows state it."""
        return self._stated.most_common(1)[0][0].decode() if self._stated else None

    async def publish(self, connection: AsyncConnection) -> None:
        """Put everything told into the outbox and the history: one stream each."""
        if not self._changes:
            return
        # PostgreSQL takes in an event while the next one is made.
        await outbox.stream(connection, self.events())
        if self._history and self._resource.storage.history is not None:
            session = await driver(connection)
            await session.copy_records_to_table(
                self._resource.storage.history.name,
                records=self._history,
                columns=["cabinet_id", *self._resource.storage.keys, "revision", "previous"],
            )
            self._history.clear()

    def events(self) -> Iterator[tuple[Event[Any], bytes]]:
        """The events of everything told, each with its body; they are given out once."""
        waiting: dict[Origin, list[bytes]] = {Origin.LIVE: [], Origin.BACKFILL: []}
        # What was sent needs no memory any more.
        self._changes.reverse()
        while self._changes:
            change = self._changes.pop()
            origin = Origin.LIVE if self._is_live(change) else Origin.BACKFILL
            rows = waiting[origin]
            rows.append(self._told(change))
            if len(rows) == MAX_BATCH:
                yield self._event(origin, rows)
                rows.clear()
        for origin, rows in waiting.items():
            if rows:
                yield self._event(origin, rows)

    def _is_live(self, change: Change) -> bool:
        if self._news_since is not None and (change.moment is None or change.moment < self._news_since):
            return False
        return self._resource.publishing.is_live(change, self._connected_at, self._first_load)

    def _told(self, change: Change) -> bytes:
        snapshot = change.snapshot
        if self._currency is not None:
            snapshot = _with_currency(snapshot, self._currency)
        previous = _encode(change.previous) if change.previous else b"{}"
        if change.previous and self._resource.storage.history is not None:
            self._history.append((self._cabinet_id, *change.key, change.revision, previous.decode()))
        kind = self._resource.publishing.kind(change).encode()
        completes = b',"completes":true' if self._resource.publishing.completes(change) else b""
        return b'%b%b,"revision":%d,"change":"%b","previous":%b}' % (
            snapshot[:-1],
            completes,
            change.revision,
            kind,
            previous,
        )

    def _event(self, origin: Origin, rows: list[bytes]) -> tuple[Event[Any], bytes]:
        # The rows are JSON already: the event is made without them, and they are put in as they are.
        event = make_event(self._resource.publishing.event.model_construct(), self._cabinet_id, origin=origin)
        head = event.model_dump_json(exclude={"data"})
        return event, b'%b,"data":{"%b":[%b]}}' % (
            head[:-1].encode(),
            self._resource.publishing.rows.encode(),
            b",".join(rows),
        )


def _with_currency(snapshot: bytes, currency: bytes) -> bytes:
    """The snapshot with that currency, if it states none."""
    if _CURRENCY.search(snapshot):
        return snapshot
    if _UNSTATED in snapshot:
        return snapshot.replace(_UNSTATED, b'"currency":"%b"' % currency, 1)
    return b'%b,"currency":"%b"}' % (snapshot[:-1], currency)
