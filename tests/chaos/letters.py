"""Messages that we put into queues ourselves: such as nobody can read, and such as were handled before."""

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

import aio_pika
import asyncpg
from contracts.envelope import CONTENT_TYPE
from contracts.topics import QUEUES, Queue
from demo.database import look
from servicekit.consume import REASON
from servicekit.dead_letters import count_dead

T = TypeVar("T")

TRACE = "00-{trace}-{span}-01"


def queue_of(name: str) -> Queue:
    """The queue of that name."""
    return next(queue for queue in QUEUES if queue.name == name)


def poison(url: str, queue: str) -> int:
    """Put messages there that no handler can ever take in; how many."""
    [event] = queue_of(queue).events[:1]
    bodies = [
        b"\xff\xfe not JSON",
        b'{"specversion": "1.0"',
        json.dumps({"id": str(uuid4()), "type": "nobody.knows.v1", "data": {}}).encode(),
        json.dumps({"id": str(uuid4()), "type": event.TYPE, "data": {"orders": "none"}}).encode(),
    ]
    run(_put(url, queue, bodies))
    return len(bodies)


def fill_queue(url: str, database_url: str, queue: str, count: int) -> int:
    """Put events there once more that were handled before; how many."""
    types = [event.TYPE for event in queue_of(queue).events]

    async def handled(connection: asyncpg.Connection) -> list[bytes]:
        found = await connection.fetch(
            """SELECT o.body FROM ingestor.outbox o JOIN reporter.inbox i ON i.event_id = o.id
            WHERE o.type = ANY ($1::text[]) AND o.origin = 'live' AND i.consumer = $2
            ORDER BY o.created_at DESC LIMIT 200""",
            types,
            queue,
        )
        return [row["body"] for row in found]

    bodies = look(database_url, handled)
    copies = [bodies[number % len(bodies)] for number in range(count)] if bodies else []
    run(_put(url, queue, copies))
    return len(copies)


def dead_count(url: str, queue: str) -> int:
    """Dead letters of a queue; 0 while nobody can tell."""
    with suppress(OSError, aio_pika.exceptions.AMQPError):
        return all_dead(url).get(queue, 0)
    return 0


def all_dead(url: str) -> dict[str, int]:
    """Dead letters by queue."""
    return {queue.name: count for queue, count in run(count_dead(url)).items()}


def reasons(url: str, queue: str) -> list[tuple[str, str]]:
    """Why each of a queue's dead letters is there, and the trace that it belongs to."""
    return run(_reasons(url, queue_of(queue)))


async def _reasons(url: str, queue: Queue) -> list[tuple[str, str]]:
    async with await aio_pika.connect(url, timeout=10) as connection:
        dead = await (await connection.channel()).get_queue(queue.dead, ensure=False)
        found = []
        while message := await dead.get(fail=False):
            found.append((str(message.headers.get(REASON, "")), str(message.headers.get("traceparent", ""))))
        return found  # put back when the connection closes


async def _put(url: str, queue: str, bodies: list[bytes]) -> None:
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        for at in range(0, len(bodies), 100):
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(
                        aio_pika.Message(
                            body,
                            message_id=str(uuid4()),
                            content_type=CONTENT_TYPE,
                            headers={"traceparent": TRACE.format(trace=uuid4().hex, span=uuid4().hex[:16])},
                            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                        ),
                        routing_key=queue,
                    )
                    for body in bodies[at : at + 100]
                )
            )


def run(work: Coroutine[Any, Any, T]) -> T:
    """What it comes to, for callers that run no event loop."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)
