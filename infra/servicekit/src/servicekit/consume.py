"""Consuming events: handled once, retried later, or kept as dead letters. Never lost, never in the way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from typing import Any, Protocol

import structlog
from aio_pika.abc import AbstractIncomingMessage, HeadersType
from contracts.envelope import CONTENT_TYPE, Event, EventData
from contracts.registry import UnreadableEvent, parse_event
from contracts.topics import QUEUES_EXCHANGE, RETRY_TIERS_SECONDS, Queue
from faststream.middlewares import AckPolicy
from faststream.rabbit import Channel, ExchangeType, RabbitBroker, RabbitExchange, RabbitMessage, RabbitQueue
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import faults
from servicekit.backoff import jittered
from servicekit.broker import CONFIRM_TIMEOUT_SECONDS
from servicekit.crowd import Crowd
from servicekit.db import Database
from servicekit.inbox import first_time
from servicekit.message_spans import describe, processing
from servicekit.metrics import EVENT_SECONDS, EVENTS_HANDLED
from servicekit.telemetry import current_traceparent, fail
from servicekit.topology import retry_exchange

log = structlog.get_logger()

MAX_ATTEMPTS = 10
"""5 s, 1 min, then every 10 min: an hour and a bit, then a person looks."""

OUTAGE_TIERS_SECONDS = RETRY_TIERS_SECONDS[:2]
"""For what failed through no fault of its own, however often: soon again once the outage is over."""

LONGEST_PAUSE_SECONDS = 60.0
"""An event keeps its place in the prefetch so long while the database is away; the broker allows half an hour."""

ATTEMPT = "x-pulse-attempt"
OUTAGE = "x-pulse-outage"
REASON = "x-pulse-reason"
HANDLER = "x-pulse-handler"
EVENT_ID = "x-pulse-event-id"


class Message(Protocol):
    """What is settled: FastStream's messages are such."""

    @property
    def raw_message(self) -> AbstractIncomingMessage: ...
    @property
    def body(self) -> Any: ...
    async def ack(self) -> None: ...
    async def reject(self, *, requeue: bool) -> None: ...


Handler = Callable[[AsyncConnection, Event[Any]], Awaitable[Any]]
"""What an event does, within the transaction that also marks it as handled."""

Lock = Callable[[Event[Any]], AbstractAsyncContextManager[Any]]
AfterCommit = Callable[[Event[Any], Any], Awaitable[None]]


class Rejected(Exception):
    """Raised by a handler for an event that no retry can help: it becomes a dead letter at once."""


def no_lock(_: Event[Any]) -> AbstractAsyncContextManager[None]:
    return nullcontext()


async def nothing_more(_: Event[Any], __: Any) -> None:
    return


def consume(
    broker: RabbitBroker,
    database: Database,
    queue: Queue,
    handlers: Mapping[type[EventData], Handler],
    *,
    lock: Lock = no_lock,
    after_commit: AfterCommit = nothing_more,
    around: Lock = no_lock,
    crowd: Crowd | None = None,
) -> None:
    """Subscribe to `queue`, giving each event to the handler of its type as `handle_once` does.

    A handler that returns has handled the event; `Rejected` or an unreadable body makes a dead letter with
    its reason; any other exception is retried after 5 s, 1 min, 10 min … `MAX_ATTEMPTS` times. What fails because the
    database or Redis is away or too busy is retried without end, and not before the database answers: so an outage
    neither uses up the attempts of events nor sends them round and round. So is what cannot be moved.
    Handlers run concurrently up to the queue's prefetch, as far as the pool has connections for consumers. An event
    of a cabinet that has its share of the prefetch already is moved to the queue of `crowd`, which takes from this one:
    what is delivered in both is handled in one of them.
    """
    for outcome in ("handled", "retried", "postponed", "dead", *(["moved"] if crowd else [])):
        EVENTS_HANDLED.labels(queue.name, outcome)
    EVENT_SECONDS.labels(queue.name)

    @broker.subscriber(
        RabbitQueue(queue.name, declare=False),
        channel=Channel(prefetch_count=queue.prefetch, on_return_raises=True),
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
    )
    async def receive(message: RabbitMessage) -> None:
        async def handle(event: Event[Any]) -> bool:
            with structlog.contextvars.bound_contextvars(
                event_id=str(event.id), event_type=event.type, correlation_id=str(event.correlationid)
            ):
                with _place(crowd, event) as has_place:
                    if has_place:
                        await handle_once(
                            database, queue, handlers, event, lock=lock, after_commit=after_commit, around=around
                        )
                if crowd is not None and not has_place:
                    await _move(message, broker, crowd.queue)
            return has_place

        await _handled(message, broker, database, queue, handle)


async def _handled(
    message: RabbitMessage,
    broker: RabbitBroker,
    database: Database,
    queue: Queue,
    handle: Callable[[Event[Any]], Awaitable[bool]],
) -> None:
    """Settle a message by what becomes of its event: `handle` says whether it was handled here, and not moved."""
    began = time.perf_counter()
    with processing(queue.name, message.raw_message.headers, _count(message, ATTEMPT) + 1) as span:
        try:
            event = parse_event(message.body)
            describe(span, event)
            is_ours = await handle(event)
        except Exception as error:
            fail(span, error)
            await settle_failed([message], broker, database, queue, error)
        else:
            if is_ours:
                EVENT_SECONDS.labels(queue.name).observe(time.perf_counter() - began)
            await message.ack()
            EVENTS_HANDLED.labels(queue.name, "handled" if is_ours else "moved").inc()


async def settle_failed(
    messages: Sequence[Message], broker: RabbitBroker, database: Database, queue: Queue, error: Exception
) -> None:
    """Have messages that one error kept from being handled wait for their next try, or make dead letters of them.

    Raises:
        Exception: one could not be handed on; it is back in the queue.
    """
    if isinstance(error, UnreadableEvent | Rejected):
        settled = [_settle(message, broker, queue, error, final=True) for message in messages]
    elif await faults.is_ours(error, database):
        await faults.until_it_answers(database, LONGEST_PAUSE_SECONDS)
        settled = [_postpone(message, broker, queue, error) for message in messages]
    else:
        settled = [_settle(message, broker, queue, error, final=False) for message in messages]
    for result in await asyncio.gather(*settled, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


async def handle_once(
    database: Database,
    queue: Queue,
    handlers: Mapping[type[EventData], Handler],
    event: Event[Any],
    *,
    lock: Lock = no_lock,
    after_commit: AfterCommit = nothing_more,
    around: Lock = no_lock,
) -> Any:
    """Mark the event as handled by the queue's consumer and call its handler, both in one transaction.

    The handler of an event that was handled before is not called. `lock(event)` is held around the transaction.
    `after_commit(event, result)` follows the commit on every delivery, because a process may die between the two:
    `result` is what the handler returned, or None if it was not called. That result is also the answer.
    `around(event)` is held around all of that.

    Raises:
        UnreadableEvent: there is no handler for the event's type.
    """
    handler = handlers.get(type(event.data))
    if handler is None:
        raise UnreadableEvent(f"no handler for {event.type}")
    result: Any = None
    async with around(event):
        async with lock(event), database.consumers, database.transaction() as connection:
            if await first_time(connection, queue.consumer_of(type(event.data)), event.id):
                result = await handler(connection, event)
        await after_commit(event, result)
    return result


def _place(crowd: Crowd | None, event: Event[Any]) -> AbstractContextManager[bool]:
    return nullcontext(True) if crowd is None else crowd.place(event.cabinetid)


async def _move(message: Message, broker: RabbitBroker, queue: Queue) -> None:
    counts: HeadersType = {ATTEMPT: _count(message, ATTEMPT), OUTAGE: _count(message, OUTAGE)}
    try:
        await _publish(broker, message, QUEUES_EXCHANGE, queue.name, counts)
    except Exception as error:
        # Whatever it was, it is our outage and no fault of the event's; what is its cause is not looked at for another.
        raise ConnectionError(f"{queue.name} took nothing: {type(error).__name__}: {error}") from None


async def _undecoded(message: RabbitMessage) -> bytes:
    # FastStream would decode by content type before `receive`: a body that fails there is never settled and
    # occupies its place in the prefetch for good.
    return message.body


async def _settle(message: Message, broker: RabbitBroker, queue: Queue, error: Exception, *, final: bool) -> None:
    attempt = _count(message, ATTEMPT) + 1
    headers = {**_headers(message, queue, error), ATTEMPT: attempt}
    dead = final or attempt >= MAX_ATTEMPTS
    log.warning("event.dead" if dead else "event.retried", queue=queue.name, attempt=attempt, exc_info=error)
    if dead:
        await _hand_on(message, broker, QUEUES_EXCHANGE, queue.dead, headers)
    else:
        await _wait(message, broker, queue, RETRY_TIERS_SECONDS[min(attempt, len(RETRY_TIERS_SECONDS)) - 1], headers)
    EVENTS_HANDLED.labels(queue.name, "dead" if dead else "retried").inc()


async def _postpone(message: Message, broker: RabbitBroker, queue: Queue, error: Exception) -> None:
    outage = _count(message, OUTAGE) + 1
    headers = {**_headers(message, queue, error), ATTEMPT: _count(message, ATTEMPT), OUTAGE: outage}
    log.warning("event.postponed", queue=queue.name, times=outage, error=f"{type(error).__name__}: {error}"[:500])
    await _wait(message, broker, queue, OUTAGE_TIERS_SECONDS[min(outage, len(OUTAGE_TIERS_SECONDS)) - 1], headers)
    EVENTS_HANDLED.labels(queue.name, "postponed").inc()


def _headers(message: Message, queue: Queue, error: Exception) -> dict[str, Any]:
    return {
        REASON: f"{type(error).__name__}: {error}"[:500],
        HANDLER: queue.name,
        EVENT_ID: str(message.raw_message.message_id or ""),
    }


async def _wait(message: Message, broker: RabbitBroker, queue: Queue, seconds: int, headers: HeadersType) -> None:
    delay = jittered(seconds, 0.8, 1.0)
    await _hand_on(message, broker, retry_exchange(seconds), queue.name, headers, delay=delay)


async def _hand_on(
    message: Message,
    broker: RabbitBroker,
    exchange: str,
    routing_key: str,
    headers: HeadersType,
    delay: float | None = None,
) -> None:
    try:
        await _publish(broker, message, exchange, routing_key, headers, delay=delay)
    except Exception:
        # Not handed on: back to the queue, counted against its delivery limit.
        await message.reject(requeue=True)
        raise
    # A crash here duplicates the message; the inbox absorbs it.
    await message.ack()


async def _publish(
    broker: RabbitBroker,
    message: Message,
    exchange: str,
    routing_key: str,
    headers: HeadersType,
    delay: float | None = None,
) -> None:
    async with asyncio.timeout(CONFIRM_TIMEOUT_SECONDS):
        await broker.publish(
            message.body,
            exchange=RabbitExchange(exchange, type=ExchangeType.TOPIC, durable=True, declare=False),
            routing_key=routing_key,
            headers={**headers, **_trace(message)},
            expiration=delay,
            persist=True,
            message_id=message.raw_message.message_id,
            message_type=message.raw_message.type,
            content_type=CONTENT_TYPE,
        )


def _count(message: Message, header: str) -> int:
    value = message.raw_message.headers.get(header, 0)
    return value if isinstance(value, int) else 0


def _trace(message: Message) -> dict[str, Any]:
    """The trace that goes on: of the span that failed, else the message's own."""
    traceparent = current_traceparent() or message.raw_message.headers.get("traceparent")
    return {"traceparent": traceparent} if isinstance(traceparent, str) else {}
