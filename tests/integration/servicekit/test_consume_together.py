"""What becomes of messages that are handled many at a time – on a real broker."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel
from contracts.envelope import Event
from contracts.topics import EVENTS_EXCHANGE, INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from servicekit.broker import event_publisher, stop_consuming
from servicekit.consume import ATTEMPT, EVENT_ID, HANDLER, REASON, Rejected
from servicekit.consume_together import consume_together
from servicekit.db import Database
from servicekit.topology import retry_name
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually
from support.outbox_rows import row_of
from support.rows import count, rows

StartBroker = Callable[..., Awaitable[RabbitBroker]]

QUEUE = INGESTOR_SYNCS
_KEEP = text("INSERT INTO effects (event_id) SELECT unnest(CAST(:ids AS uuid[]))")


class Handler:
    """Stores events; refuses to if one of those is among them that have an error."""

    def __init__(self, errors: dict[UUID, Exception] | None = None) -> None:
        self.errors = errors or {}
        self.calls: list[int] = []

    async def __call__(self, connection: AsyncConnection, events: Sequence[Event[Any]]) -> None:
        self.calls.append(len(events))
        await connection.execute(_KEEP, {"ids": [event.id for event in events]})
        for event in events:
            if event.id in self.errors:
                raise self.errors[event.id]


async def send(broker: RabbitBroker, events: Sequence[Event[Any]]) -> None:
    publish = event_publisher(broker)
    for event in events:
        await publish(row_of(event))


async def left(amqp: AbstractChannel, name: str) -> int:
    found = (await amqp.declare_queue(name, passive=True)).declaration_result.message_count
    assert found is not None
    return found


async def test_those_who_cannot_be_handled_keep_none_of_the_others_back(
    db: Database, amqp: AbstractChannel, start_broker: StartBroker
) -> None:
    events = [sync_requested() for _ in range(40)]
    rejected, failing = events[7], events[23]
    handler = Handler({rejected.id: Rejected("not ours"), failing.id: ValueError("not yet")})
    broker = await start_broker()
    exchange = await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)
    await send(broker, events[:20])
    await exchange.publish(aio_pika.Message(b"no event", message_id="bad"), "sync.requested.v1")
    await send(broker, [*events[20:], events[3]])
    consumer = await start_broker(lambda it: consume_together(it, db, QUEUE, handler))

    async def are_stored() -> bool:
        return await count(db, "effects") == 38

    await eventually(are_stored)
    stored = {row["event_id"] for row in await rows(db, "SELECT event_id FROM effects")}
    assert stored == {event.id for event in events} - {rejected.id, failing.id}

    async def are_dead() -> bool:
        return await left(amqp, QUEUE.dead) == 2 and await left(amqp, retry_name(5)) == 1

    await eventually(are_dead)
    dead_queue = await amqp.get_queue(QUEUE.dead, ensure=False)
    dead = {message.message_id: message for message in [await dead_queue.get(no_ack=True) for _ in range(2)]}
    assert dead.keys() == {"bad", str(rejected.id)}
    assert dead[str(rejected.id)].headers[REASON] == "Rejected: not ours"
    assert "UnreadableEvent" in str(dead["bad"].headers[REASON])
    assert all(message.headers[HANDLER] == QUEUE.name for message in dead.values())
    waiting = await (await amqp.get_queue(retry_name(5), ensure=False)).get(no_ack=True)
    assert (waiting.headers[EVENT_ID], waiting.headers[ATTEMPT]) == (str(failing.id), 1)
    # Nobody waited in vain: what was handled is acknowledged, and does not come back once its consumer is gone.
    await stop_consuming(consumer)
    await consumer.stop()
    await eventually(lambda: _is_so_long(amqp, QUEUE.name, 0))
    assert len(handler.calls) < 4 * 7


async def test_many_are_few_transactions_and_what_is_in_hand_is_handled_before_the_end(
    db: Database, amqp: AbstractChannel, start_broker: StartBroker
) -> None:
    events = [sync_requested() for _ in range(60)]
    broker, handler = await start_broker(), Handler()
    await send(broker, events)
    consumer = await start_broker(lambda it: consume_together(it, db, QUEUE, handler))

    async def is_begun() -> bool:
        return await count(db, "effects") > 0

    await eventually(is_begun)
    await stop_consuming(consumer)
    await consumer.stop()  # what it had not begun to handle goes back
    stored = [row["event_id"] for row in await rows(db, "SELECT event_id FROM effects ORDER BY ctid")]
    assert stored == [event.id for event in events[: len(stored)]]
    left_over = len(events) - len(stored)
    await eventually(lambda: _is_so_long(amqp, QUEUE.name, left_over))
    await start_broker(lambda it: consume_together(it, db, QUEUE, handler))

    async def are_stored() -> bool:
        return await count(db, "effects") == len(events)

    await eventually(are_stored)
    assert sum(handler.calls) == len(events)
    assert len(handler.calls) < len(events) / 2


async def _is_so_long(amqp: AbstractChannel, name: str, messages: int) -> bool:
    return await left(amqp, name) == messages
