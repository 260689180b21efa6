"""Dead letters: looking at them and putting them back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractChannel
from contracts.topics import QUEUES, QUEUES_EXCHANGE, Queue

from servicekit.consume import ATTEMPT, EVENT_ID, REASON

LOOKS, LOOK_SECONDS = 40, 0.05


@dataclass(frozen=True)
class DeadLetter:
    """One message that could not be handled."""

    queue: str
    event_id: str
    type: str
    attempts: int
    reason: str
    body: bytes


async def count_dead(url: str) -> dict[Queue, int]:
    """How many dead letters each queue has that has any."""
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        counts = {queue: await _count(channel, queue) for queue in QUEUES}
    return {queue: count for queue, count in counts.items() if count}


async def each_dead(url: str, queue: Queue, *, limit: int) -> AsyncIterator[DeadLetter]:
    """Up to `limit` dead letters of a queue, one at a time, for their bodies may be large; they stay where they are.

    The oldest first, but those that were looked at before come after those that were not: the broker has put them back
    behind them. Until it ends nobody else sees those that were looked at; afterwards everybody does.
    """
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        last, before = None, await _count(channel, queue)
        try:
            async for last in _messages(channel, queue, limit):
                yield _describe(queue, last)
        finally:
            if last is not None:
                await _put_back(channel, queue, last, before)


async def list_dead(url: str, queue: Queue, *, limit: int) -> list[DeadLetter]:
    """As `each_dead`, all at once."""
    return [letter async for letter in each_dead(url, queue, limit=limit)]


async def redrive(url: str, queue: Queue, *, limit: int, event_id: str | None = None) -> int:
    """Put up to `limit` dead letters back into their queue with a fresh count of attempts; how many.

    With an `event_id`, only those of that event, among the oldest `limit`. Only those that are dead now: one that fails
    again meanwhile is not put back a second time.
    """
    moved = 0
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        exchange = await channel.get_exchange(QUEUES_EXCHANGE, ensure=False)
        async for message in _messages(channel, queue, limit):
            if event_id is not None and _event_id(message) != event_id:
                continue  # put back when the connection closes
            await exchange.publish(
                aio_pika.Message(
                    message.body,
                    message_id=message.message_id,
                    type=message.type,
                    content_type=message.content_type,
                    headers={k: v for k, v in message.headers.items() if k == "traceparent" and isinstance(v, str)},
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                ),
                routing_key=queue.name,
                timeout=10,
            )
            # Acknowledged only after the copy is confirmed: a crash in between doubles it for the inbox to absorb.
            await message.ack()
            moved += 1
    return moved


async def _messages(
    channel: AbstractChannel, queue: Queue, limit: int
) -> AsyncIterator[aio_pika.abc.AbstractIncomingMessage]:
    dead = await channel.get_queue(queue.dead, ensure=False)
    for _ in range(min(limit, await _count(channel, queue))):
        message = await dead.get(fail=False)
        if message is None:
            return
        yield message


async def _put_back(
    channel: AbstractChannel, queue: Queue, last: aio_pika.abc.AbstractIncomingMessage, before: int
) -> None:
    """Give back all up to `last`, and wait until as many are ready as `before`: the broker does not say when.

    Not for long: somebody may have put some back into their queue meanwhile.
    """
    await last.nack(multiple=True)
    for _ in range(LOOKS):
        if await _count(channel, queue) >= before:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _count(channel: AbstractChannel, queue: Queue) -> int:
    dead = await channel.declare_queue(queue.dead, passive=True)
    return dead.declaration_result.message_count or 0


def _event_id(message: aio_pika.abc.AbstractIncomingMessage) -> str:
    return str(message.headers.get(EVENT_ID) or message.message_id or "")


def _describe(queue: Queue, message: aio_pika.abc.AbstractIncomingMessage) -> DeadLetter:
    headers = message.headers
    attempts = headers.get(ATTEMPT, 0)
    return DeadLetter(
        queue=queue.name,
        event_id=_event_id(message),
        type=message.type or "",
        attempts=attempts if isinstance(attempts, int) else 0,
        reason=str(headers.get(REASON) or "the broker dead-lettered it: delivered too often without an answer"),
        body=message.body,
    )
