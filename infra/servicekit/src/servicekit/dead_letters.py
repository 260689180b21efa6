"""Dead letters: looking at them and putting them back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractChannel
from contracts.topics import Queue

from servicekit.consume import ATTEMPT, EVENT_ID, REASON


@dataclass(frozen=True)
class DeadLetter:
    """One message that could not be handled."""

    queue: str
    event_id: str
    type: str
    attempts: int
    reason: str
    body: bytes


async def list_dead(url: str, queue: Queue, *, limit: int) -> list[DeadLetter]:
    """Up to `limit` dead letters of a queue, oldest first; they stay where they are."""
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        # Unacknowledged until the connection closes, when the broker puts them all back.
        return [_describe(queue, message) async for message in _messages(channel, queue, limit)]


async def redrive(url: str, queue: Queue, *, limit: int) -> int:
    """Put up to `limit` dead letters back into their queue with a fresh count of attempts; how many.

    Only those that are dead now: one that fails again meanwhile is not put back a second time.
    """
    moved = 0
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        async for message in _messages(channel, queue, limit):
            await channel.default_exchange.publish(
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
    dead = await channel.declare_queue(queue.dead, passive=True)
    for _ in range(min(limit, dead.declaration_result.message_count or 0)):
        message = await dead.get(fail=False)
        if message is None:
            return
        yield message


def _describe(queue: Queue, message: aio_pika.abc.AbstractIncomingMessage) -> DeadLetter:
    headers = message.headers
    attempts = headers.get(ATTEMPT, 0)
    return DeadLetter(
        queue=queue.name,
        event_id=str(headers.get(EVENT_ID) or message.message_id or ""),
        type=message.type or "",
        attempts=attempts if isinstance(attempts, int) else 0,
        reason=str(headers.get(REASON) or "the broker dead-lettered it: delivered too often without an answer"),
        body=message.body,
    )
