"""Consuming events that are stored many at a time: what a message costs by itself is shared by all of them."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from aio_pika.abc import AbstractIncomingMessage
from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelInvalidStateError
from contracts.envelope import Event
from contracts.registry import UnreadableEvent, parse_event
from contracts.topics import Queue
from faststream.middlewares import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from faststream.rabbit.subscriber import RabbitSubscriber
from opentelemetry.trace import Link, SpanKind

from servicekit.batches import MAX_EVENTS, HandleMany, handle_batch
from servicekit.consume import settle_failed
from servicekit.db import Database
from servicekit.metrics import EVENTS_HANDLED
from servicekit.telemetry import span_context, tracer

log = structlog.get_logger()

MAX_LINKS = 128
"""As many as a span keeps."""

GATHERING_SECONDS = 0.02
"""So long others are waited for while fewer than `MAX_EVENTS` are there: a transaction costs what many of them do."""


def consume_together(broker: RabbitBroker, database: Database, queue: Queue, handle: HandleMany) -> None:
    """As `consume`, for events that `handle` stores up to `MAX_EVENTS` at a time, in the order in which they came.

    They are acknowledged together, after the commit. One that cannot be handled keeps none of the others back: it alone
    is tried again, or becomes a dead letter.
    """
    for outcome in ("handled", "retried", "postponed", "dead"):
        EVENTS_HANDLED.labels(queue.name, outcome)
    subscriber = broker.subscriber(
        RabbitQueue(queue.name, declare=False),
        channel=Channel(prefetch_count=queue.prefetch, on_return_raises=True),
        ack_policy=AckPolicy.MANUAL,
    )

    @subscriber
    async def receive(_: RabbitMessage) -> None:
        raise AssertionError("messages are taken before FastStream would parse them")

    # FastStream starts, restarts and stops it; what else it does for each message costs more than storing a record.
    taken = _Taken(broker, database, queue, handle, subscriber)
    subscriber.process_message = taken.take  # type: ignore[method-assign, assignment]  # it has no hook before it parses


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A message as it is settled, and what it says: an event, or why it is none."""

    raw_message: AbstractIncomingMessage
    event: Event[Any] | None
    error: Exception | None

    @property
    def body(self) -> bytes:
        return self.raw_message.body

    async def ack(self) -> None:
        await self.raw_message.ack()

    async def reject(self, *, requeue: bool) -> None:
        await self.raw_message.reject(requeue=requeue)


@dataclass
class _Taken:
    """The messages of one queue that this process has, in the order in which they came."""

    broker: RabbitBroker
    database: Database
    queue: Queue
    handle: HandleMany
    subscriber: RabbitSubscriber
    _waiting: list[_Delivery] = field(default_factory=list)
    _working: asyncio.Task[None] | None = None
    _channel: AbstractChannel | None = None
    _next_tag: int = 1
    _is_whole: bool = True
    """Whether every message of the channel came here."""

    async def take(self, message: AbstractIncomingMessage) -> None:
        """Have it handled with the others, after this has returned."""
        self._count(message)
        self._waiting.append(self._read(message))
        if self._working is None:
            self._working = asyncio.create_task(self._work())

    def _count(self, message: AbstractIncomingMessage) -> None:
        with suppress(ChannelInvalidStateError):  # it is delivered again
            if message.channel is not self._channel:
                self._channel, self._next_tag, self._is_whole = message.channel, 1, True
            self._is_whole &= message.delivery_tag == self._next_tag
            self._next_tag += 1

    def _read(self, message: AbstractIncomingMessage) -> _Delivery:
        try:
            event = parse_event(message.body)
        except UnreadableEvent as error:
            return _Delivery(message, None, error)
        if type(event.data) not in self.queue.events:
            return _Delivery(message, None, UnreadableEvent(f"no handler for {event.type}"))
        return _Delivery(message, event, None)

    async def _work(self) -> None:
        with self.subscriber.lock:  # who stops the subscriber waits for it
            try:
                while self._waiting:
                    if len(self._waiting) < MAX_EVENTS:
                        await asyncio.sleep(GATHERING_SECONDS)
                    batch = self._waiting[:MAX_EVENTS]
                    del self._waiting[:MAX_EVENTS]
                    try:
                        await self._settle(batch)
                    except Exception as error:
                        log.warning("batch.unsettled", queue=self.queue.name, error=f"{type(error).__name__}: {error}")
            finally:
                self._working = None

    async def _settle(self, batch: Sequence[_Delivery]) -> None:
        events = [each.event for each in batch if each.event is not None]
        with _spans(self.queue, events):
            errors = iter(await handle_batch(self.database, self.queue.name, self.handle, events))
        handled: list[_Delivery] = []
        failed: dict[int, tuple[Exception, list[_Delivery]]] = {}
        for each in batch:
            error = each.error if each.event is None else next(errors)
            if error is None:
                handled.append(each)
            else:
                failed.setdefault(id(error), (error, []))[1].append(each)
        for error, those in failed.values():
            await settle_failed(those, self.broker, self.database, self.queue, error)
        if not handled:
            return
        # What is before the last of them is settled by now.
        if self._is_whole:
            await handled[-1].raw_message.ack(multiple=True)
        else:
            for each in handled:
                await each.ack()
        EVENTS_HANDLED.labels(self.queue.name, "handled").inc(len(handled))


def _spans(queue: Queue, events: Sequence[Event[Any]]) -> AbstractContextManager[Any]:
    """A span that is linked to those that made the events."""
    links = [Link(context) for each in events[:MAX_LINKS] if (context := span_context(each.traceparent)) is not None]
    return tracer.start_as_current_span(f"{queue.name} process", kind=SpanKind.CONSUMER, links=links)
