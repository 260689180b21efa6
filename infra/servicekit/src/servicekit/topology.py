"""Every exchange and queue of Pulse, declared in one place before anything is published.

Quorum queues; what a consumer cannot handle goes to `<queue>.dead`, what it cannot handle yet waits in
`pulse.retry.<n>s` and returns to the queue it came from. Declaring twice changes nothing.
"""

import asyncio
import time
from typing import Any

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractQueue
from aio_pika.exceptions import (
    AuthenticationError,
    ChannelInvalidStateError,
    ChannelPreconditionFailed,
    ProbableAuthenticationError,
)
from contracts.topics import DEAD_EXCHANGE, EVENTS_EXCHANGE, QUEUES, QUEUES_EXCHANGE, RETRY_TIERS_SECONDS, Queue

log = structlog.get_logger()

RETRY_SECONDS = 1.0
_LOGIN_REFUSED = (AuthenticationError, ProbableAuthenticationError)

DELIVERY_LIMIT = 20
"""Redeliveries after which a message that kills its consumer is dead-lettered.

A lost connection counts, so fewer would let a few crashes of a service dead-letter good messages.
"""

MAX_LENGTH = 1_000_000
MAX_LENGTH_BYTES = 2 * 2**30
"""Past either a queue refuses publishes: the outbox keeps the rows and nothing is dropped."""

DEAD_DELIVERY_LIMIT = 1_000_000
"""Looking at a dead letter counts as a delivery; past the limit, 20 unless told since RabbitMQ 4, it is dropped."""


def retry_name(seconds: int) -> str:
    """The queue of one retry tier."""
    return f"pulse.retry.{seconds}s"


def retry_exchange(seconds: int) -> str:
    """The exchange of one retry tier: published to with the name of the queue to return to."""
    return f"pulse.later.{seconds}s"


def queue_arguments(queue: Queue) -> dict[str, Any]:
    """A consumer's queue; at-least-once dead-lettering needs quorum, reject-publish and this strategy together."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-overflow": "reject-publish",
        **_bounds(),
        "x-dead-letter-strategy": "at-least-once",
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": queue.name,
    }


def dead_arguments() -> dict[str, Any]:
    """A queue of dead letters: without bound, until someone redrives them."""
    return {"x-queue-type": "quorum", "x-delivery-limit": DEAD_DELIVERY_LIMIT}


async def declare_topology(url: str, *, patience_seconds: float = 0) -> None:
    """Declare everything at the broker. One that does not answer, or goes away, is tried again for `patience_seconds`.

    Raises:
        OSError, aio_pika.exceptions.ChannelInvalidStateError: it does not answer, or refuses the password.
        aio_pika.exceptions.ChannelPreconditionFailed: a queue exists with other arguments.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return await _declare(url)
        except (OSError, ChannelInvalidStateError) as error:
            if isinstance(error, _LOGIN_REFUSED) or time.monotonic() > deadline:
                raise
        await asyncio.sleep(RETRY_SECONDS)


async def _declare(url: str) -> None:
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        await _declare_exchanges(channel)
        for seconds in RETRY_TIERS_SECONDS:
            await _declare_retry_tier(channel, seconds)
        for queue in QUEUES:
            await _declare_queue(channel, queue)


async def _declare_exchanges(channel: AbstractChannel) -> None:
    await channel.declare_exchange(EVENTS_EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
    await channel.declare_exchange(QUEUES_EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True)
    await channel.declare_exchange(DEAD_EXCHANGE, aio_pika.ExchangeType.DIRECT, durable=True)


async def _declare_retry_tier(channel: AbstractChannel, seconds: int) -> None:
    # The exchange keeps the routing key, which names the queue to return to; the default exchange then delivers by it.
    await channel.declare_exchange(retry_exchange(seconds), aio_pika.ExchangeType.TOPIC, durable=True)
    arguments = {
        "x-queue-type": "quorum",
        "x-message-ttl": seconds * 1000,
        "x-overflow": "reject-publish",
        **_bounds(),
        "x-dead-letter-strategy": "at-least-once",
        "x-dead-letter-exchange": "",
    }
    queue = await _declare_bounded(channel, retry_name(seconds), arguments)
    await queue.bind(retry_exchange(seconds), routing_key="#")


async def _declare_queue(channel: AbstractChannel, queue: Queue) -> None:
    dead = await channel.declare_queue(queue.dead, durable=True, arguments=dead_arguments())
    await dead.bind(DEAD_EXCHANGE, routing_key=queue.name)
    await dead.bind(QUEUES_EXCHANGE, routing_key=queue.dead)
    main = await _declare_bounded(channel, queue.name, queue_arguments(queue))
    await main.bind(QUEUES_EXCHANGE, routing_key=queue.name)
    for key in queue.routing_keys:
        await main.bind(EVENTS_EXCHANGE, routing_key=key)


async def _declare_bounded(channel: AbstractChannel, name: str, arguments: dict[str, Any]) -> AbstractQueue:
    """A queue; one that is older than its bound in bytes is left without it, because arguments never change."""
    try:
        return await channel.declare_queue(name, durable=True, arguments=arguments)
    except ChannelPreconditionFailed:
        await channel.reopen()
        queue = await channel.declare_queue(name, durable=True, arguments=_without_bytes(arguments))
        log.warning("queue.without_bound_in_bytes", queue=name, policy={"max-length-bytes": MAX_LENGTH_BYTES})
        return queue


def _without_bytes(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "x-max-length-bytes"}


def _bounds() -> dict[str, int]:
    return {"x-max-length": MAX_LENGTH, "x-max-length-bytes": MAX_LENGTH_BYTES}
