"""Sends a replay: page by page from the log to the consumer's own queues, each page in one transaction.

The row in `replays` is locked while a page is published, as the relay locks its rows: a process that dies leaves it at
the page before, whoever resumes sends that page again, and two that run at once take turns.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import AMQPError
from contracts.envelope import CONTENT_TYPE
from contracts.topics import QUEUES_EXCHANGE

from servicekit import event_log
from servicekit.broker import CONFIRM_TIMEOUT_SECONDS
from servicekit.db import Database
from servicekit.event_log import PAGE_EVENTS, LoggedEvent, Position
from servicekit.replay import table
from servicekit.replay.plan import cabinets_of
from servicekit.replay.renewal import renewed
from servicekit.replay.selection import queues_of
from servicekit.replay.table import Place, Replay, State

log = structlog.get_logger()

MAX_WAITING = 2 * PAGE_EVENTS
"""In a queue that is being filled: the broker holds little, and whoever stops a replay waits for little."""

LOOK_SECONDS = 0.1

RETRIES = 30
RETRY_SECONDS = 1.0
"""How often a page is tried again that the broker does not take, and the pause before."""

Told = Callable[[Replay], None]


def nobody(_: Replay) -> None:
    return


async def run(database: Database, broker_url: str, replay_id: UUID, told: Told = nobody) -> Replay:
    """Send what is left of a running replay until it is done or somebody stops it; how it stands then.

    `told` is called after every page, and while the consumer is waited for.

    Raises:
        LookupError: there is no such replay.
        AMQPError, OSError: the broker did not take a page, however often it was tried.
    """
    replay = await _look(database, replay_id)
    pace = _Pace(replay.events_per_second)
    publishers = event_log.by_publisher(replay.selection.types)
    async with _sending(broker_url, replay) as sender:
        for cabinet_id in await cabinets_of(database, replay.selection, publishers):
            for publisher, types in publishers.items():
                part = _Part(cabinet_id, publisher, tuple(types))
                while True:
                    if not await sender.has_room():
                        await asyncio.sleep(LOOK_SECONDS)
                        sent, replay = None, await _look(database, replay_id)
                    else:
                        sent, replay = await _send_page(database, sender, replay_id, part, pace.page_events)
                    told(replay)
                    if replay.state is not State.RUNNING:
                        return replay
                    if sent == 0:
                        break
                    await pace.after(sent or 0)
    async with database.transaction() as connection:
        await table.turn(connection, replay_id, State.DONE)
    return await _look(database, replay_id)


@dataclass(frozen=True)
class _Part:
    """One cabinet's events in the log of one service."""

    cabinet_id: UUID
    publisher: str
    types: tuple[str, ...]


async def _look(database: Database, replay_id: UUID) -> Replay:
    async with database.transaction() as connection:
        replay = await table.find(connection, replay_id)
    if replay is None:
        raise LookupError(f"there is no replay {replay_id}")
    return replay


async def _send_page(
    database: Database, sender: "_Sender", replay_id: UUID, part: _Part, limit: int
) -> tuple[int, Replay]:
    """Send the page that comes next; how many events it had (0: the part is done), and how the replay stands."""
    for attempt in range(RETRIES + 1):
        try:
            async with database.transaction() as connection:
                replay = await table.hold(connection, replay_id)
                if replay is None or replay.state is not State.RUNNING:
                    break
                place = replay.place
                if place is not None and (place.cabinet_id, place.publisher) > (part.cabinet_id, part.publisher):
                    return 0, replay
                selection = replay.selection
                page = await event_log.page(
                    connection,
                    part.publisher,
                    part.cabinet_id,
                    part.types,
                    since=selection.since,
                    until=selection.until,
                    after=_after(place, part),
                    limit=limit,
                )
                if page:
                    await sender.send(page)
                    reached = Place(part.cabinet_id, part.publisher, page[-1].created_at, page[-1].id)
                    await table.advance(connection, replay_id, reached, sent=len(page))
            return len(page), await _look(database, replay_id)
        except (AMQPError, OSError) as error:
            if attempt == RETRIES:
                raise
            log.warning("replay.page_not_taken", attempt=attempt + 1, error=f"{type(error).__name__}: {error}"[:300])
            await asyncio.sleep(RETRY_SECONDS)
    return 0, await _look(database, replay_id)


def _after(place: Place | None, part: _Part) -> Position | None:
    if place is None or (place.cabinet_id, place.publisher) != (part.cabinet_id, part.publisher):
        return None
    return Position(place.created_at, place.id)


class _Pace:
    """So many events a second at most, none: as many as go; pages are smaller where they would take over a second."""

    def __init__(self, events_per_second: float | None) -> None:
        self._rate = events_per_second
        self._began = asyncio.get_running_loop().time()
        self._sent = 0
        self.page_events = PAGE_EVENTS if events_per_second is None else min(PAGE_EVENTS, math.ceil(events_per_second))

    async def after(self, sent: int) -> None:
        self._sent += sent
        if self._rate is not None:
            due = self._began + self._sent / self._rate
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


class _Sender:
    """Publishes to the consumer's queues, confirmed; connects again after a failure."""

    def __init__(self, broker_url: str, replay: Replay) -> None:
        self._url = broker_url
        self._replay_id = replay.replay_id
        self._consumer = replay.selection.consumer
        self._queues = queues_of(replay.selection.consumer)
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None
        self._filled: set[str] = set()

    async def has_room(self) -> bool:
        """Whether the queues that the last page went to have been emptied so far that another one may follow."""
        if not self._filled:
            return True
        try:
            channel = await self._open()
            for name in sorted(self._filled):
                queue = await channel.declare_queue(name, passive=True)
                if (queue.declaration_result.message_count or 0) >= MAX_WAITING:
                    return False
        except (AMQPError, OSError):
            await self.close()
        self._filled.clear()
        return True

    async def send(self, page: Sequence[LoggedEvent]) -> None:
        """Publish a page; returns once each event is confirmed.

        Raises:
            AMQPError, OSError: it is not known which events the broker has.
        """
        try:
            channel = await self._open()
            async with asyncio.timeout(CONFIRM_TIMEOUT_SECONDS):
                await asyncio.gather(*(self._publish(channel, event) for event in page))
        except BaseException:
            await self.close()
            raise
        self._filled |= {self._queues[event.type] for event in page}

    async def close(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            try:
                await connection.close()
            except (AMQPError, OSError) as error:
                log.warning("replay.close_failed", error=f"{type(error).__name__}: {error}"[:300])

    async def _publish(self, channel: AbstractChannel, event: LoggedEvent) -> None:
        new_id, body = renewed(event.body, event.id, self._replay_id)
        message = aio_pika.Message(
            body,
            message_id=str(new_id),
            type=event.type,
            content_type=CONTENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        # By the queue's name: no other consumer is bound to this, whatever it listens to.
        exchange = await channel.get_exchange(QUEUES_EXCHANGE, ensure=False)
        await exchange.publish(message, routing_key=self._queues[event.type])

    async def _open(self) -> AbstractChannel:
        if self._channel is None or self._channel.is_closed:
            self._connection = await aio_pika.connect(self._url, timeout=CONFIRM_TIMEOUT_SECONDS)
            self._channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
        return self._channel


@asynccontextmanager
async def _sending(broker_url: str, replay: Replay) -> AsyncIterator[_Sender]:
    sender = _Sender(broker_url, replay)
    try:
        yield sender
    finally:
        await sender.close()
