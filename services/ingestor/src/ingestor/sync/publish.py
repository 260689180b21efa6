"""Telling what a page changed: events in the outbox, and the history of rows."""

from collections.abc import Iterable, Iterator, Sequence
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

History = tuple[Any, ...]


async def publish(
    connection: AsyncConnection,
    resource: Resource,
    cabinet_id: UUID,
    changes: list[Change],
    *,
    connected_at: datetime,
    first_load: bool,
) -> None:
    """Put the changes into the outbox, `MAX_BATCH` an event, those that are history apart from news.

    The events are made while they are sent, and `changes` is emptied on the way.
    """
    by_origin: dict[Origin, list[Change]] = {Origin.LIVE: [], Origin.BACKFILL: []}
    for change in changes:
        is_live = resource.is_live(change, connected_at, first_load)
        by_origin[Origin.LIVE if is_live else Origin.BACKFILL].append(change)
    changes.clear()
    await outbox.stream(connection, _events(resource, cabinet_id, by_origin))


def _events(
    resource: Resource, cabinet_id: UUID, by_origin: dict[Origin, list[Change]]
) -> Iterator[tuple[Event[Any], str]]:
    for origin, changes in by_origin.items():
        changes.reverse()
        while changes:
            batch = [changes.pop() for _ in range(min(MAX_BATCH, len(changes)))]
            # The rows are JSON already: the event is made without them, and they are put in as they are.
            event = make_event(resource.event.model_construct(), cabinet_id, origin=origin)
            head = event.model_dump_json(exclude={"data"})
            rows = b",".join(_told(resource, change) for change in batch).decode()
            yield event, f'{head[:-1]},"data":{{"{resource.rows}":[{rows}]}}}}'


def _told(resource: Resource, change: Change) -> bytes:
    tail = {"revision": change.revision, "change": resource.kind(change), "previous": change.previous or {}}
    return change.snapshot[:-1] + b"," + msgspec.json.encode(tail)[1:]


async def keep_history(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, changes: Sequence[Change], at: datetime
) -> None:
    """Keep what the changes replaced, where the resource has a history."""
    if resource.history is None or not any(change.previous for change in changes):
        return
    session = await driver(connection)
    await session.copy_records_to_table(
        resource.history.name,
        records=_history(cabinet_id, changes, at),
        columns=["cabinet_id", *resource.keys, "revision", "changed_at", "previous"],
    )


def _history(cabinet_id: UUID, changes: Iterable[Change], at: datetime) -> Iterator[History]:
    for change in changes:
        if change.previous:
            previous = msgspec.json.encode(change.previous).decode()
            yield (cabinet_id, *change.key, change.revision, at, previous)
