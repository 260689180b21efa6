"""Consuming events: handled once, retried later, or kept as dead letters. Never lost, never in the way."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aio_pika.abc import HeadersType
from contracts.envelope import CONTENT_TYPE, Event, EventData
from contracts.registry import UnreadableEvent, parse_event
from contracts.topics import DEAD_EXCHANGE, RETRY_TIERS_SECONDS, Queue
from faststream.middlewares import AckPolicy
from faststream.rabbit import Channel, ExchangeType, RabbitBroker, RabbitExchange, RabbitMessage, RabbitQueue

from servicekit.broker import CONFIRM_TIMEOUT_SECONDS
from servicekit.topology import retry_name

log = structlog.get_logger()

MAX_ATTEMPTS = 10
"""5 s, 1 min, then every 10 min: an hour and a bit of outage, then a person looks."""

ATTEMPT = "x-pulse-attempt"
REASON = "x-pulse-reason"
HANDLER = "x-pulse-handler"
EVENT_ID = "x-pulse-event-id"

Handler = Callable[[Event[Any]], Awaitable[None]]


class Rejected(Exception):
    """Raised by a handler for an event that no retry can help: it becomes a dead letter at once."""


def consume(broker: RabbitBroker, queue: Queue, handlers: Mapping[type[EventData], Handler]) -> None:
    """Subscribe to `queue`, giving each event to the handler of its type.

    A handler that returns has handled the event; `Rejected` or an unreadable body makes a dead letter with
    its reason; any other exception is retried after 5 s, 1 min, 10 min … `MAX_ATTEMPTS` times.
    Handlers run concurrently up to the queue's prefetch.
    """

    @broker.subscriber(
        RabbitQueue(queue.name, declare=False),
        channel=Channel(prefetch_count=queue.prefetch, on_return_raises=True),
        ack_policy=AckPolicy.MANUAL,
        decoder=_undecoded,
    )
    async def receive(message: RabbitMessage) -> None:
        try:
            await _handle(message, handlers)
        except (UnreadableEvent, Rejected) as error:
            await _settle(message, broker, queue, error, final=True)
        except Exception as error:
            await _settle(message, broker, queue, error, final=False)
        else:
            await message.ack()


async def _undecoded(message: RabbitMessage) -> bytes:
    # FastStream would decode by content type before `receive`: a body that fails there is never settled and
    # occupies its place in the prefetch for good.
    return message.body


async def _handle(message: RabbitMessage, handlers: Mapping[type[EventData], Handler]) -> None:
    event = parse_event(message.body)
    handler = handlers.get(type(event.data))
    if handler is None:
        raise UnreadableEvent(f"no handler for {event.type}")
    with structlog.contextvars.bound_contextvars(
        event_id=str(event.id), event_type=event.type, correlation_id=str(event.correlationid)
    ):
        await handler(event)


async def _settle(message: RabbitMessage, broker: RabbitBroker, queue: Queue, error: Exception, *, final: bool) -> None:
    attempt = _attempt(message) + 1
    headers: HeadersType = {
        ATTEMPT: attempt,
        REASON: f"{type(error).__name__}: {error}"[:500],
        HANDLER: queue.name,
        EVENT_ID: str(message.raw_message.message_id or ""),
    }
    dead = final or attempt >= MAX_ATTEMPTS
    log.warning("event.dead" if dead else "event.retried", queue=queue.name, attempt=attempt, exc_info=error)
    try:
        if dead:
            await _publish(broker, message, DEAD_EXCHANGE, ExchangeType.DIRECT, queue, headers)
        else:
            seconds = RETRY_TIERS_SECONDS[min(attempt, len(RETRY_TIERS_SECONDS)) - 1]
            # Jitter keeps what failed together from returning together.
            delay = seconds * random.uniform(0.8, 1.0)  # noqa: S311  # not a secret
            await _publish(broker, message, retry_name(seconds), ExchangeType.FANOUT, queue, headers, delay=delay)
    except Exception:
        # Not handed on: back to the queue, counted against its delivery limit.
        await message.reject(requeue=True)
        raise
    # A crash here duplicates the message; the inbox absorbs it.
    await message.ack()


async def _publish(
    broker: RabbitBroker,
    message: RabbitMessage,
    exchange: str,
    kind: ExchangeType,
    queue: Queue,
    headers: HeadersType,
    delay: float | None = None,
) -> None:
    async with asyncio.timeout(CONFIRM_TIMEOUT_SECONDS):
        await broker.publish(
            message.body,
            exchange=RabbitExchange(exchange, type=kind, durable=True, declare=False),
            routing_key=queue.name,
            headers=headers,
            expiration=delay,
            persist=True,
            message_id=message.raw_message.message_id,
            message_type=message.raw_message.type,
            content_type=CONTENT_TYPE,
        )


def _attempt(message: RabbitMessage) -> int:
    value = message.raw_message.headers.get(ATTEMPT, 0)
    return value if isinstance(value, int) else 0
