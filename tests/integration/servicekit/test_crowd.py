"""What is moved to the queue of the crowded is not lost, not handled twice, and no dead letter for want of a place."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_CABINETS, INGESTOR_SYNCS, Queue
from faststream.rabbit import RabbitBroker
from servicekit.consume import ATTEMPT, OUTAGE, consume, handle_once
from servicekit.crowd import Crowd
from servicekit.db import Database
from servicekit.topology import retry_name
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually
from support.rows import rows

StartBroker = Callable[..., Awaitable[RabbitBroker]]

QUEUE = INGESTOR_SYNCS
CROWDED = Queue(INGESTOR_CABINETS.name, (), prefetch=1, origins=(), takes_from=(QUEUE,))


async def record(connection: AsyncConnection, event: Event[Any]) -> None:
    await connection.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})


async def deliver(amqp: AbstractChannel, event: Event[Any], headers: Any = None) -> None:
    message = aio_pika.Message(event.model_dump_json().encode(), headers=headers)
    await amqp.default_exchange.publish(message, routing_key=QUEUE.name)


async def length(amqp: AbstractChannel, queue: str) -> int:
    return (await amqp.declare_queue(queue, passive=True)).declaration_result.message_count or 0


async def test_what_was_moved_and_is_delivered_in_both_queues_is_handled_once(
    db: Database, amqp: AbstractChannel, start_broker: StartBroker
) -> None:
    """As after a crash between the move and its acknowledgement, or between a commit and its own."""
    event, last = sync_requested(), sync_requested()
    await handle_once(db, QUEUE, {SyncRequestedV1: record}, event)

    def prepare(broker: RabbitBroker) -> None:
        consume(broker, db, QUEUE, {SyncRequestedV1: record}, crowd=Crowd(CROWDED, share=0))
        consume(broker, db, CROWDED, {SyncRequestedV1: record})

    await start_broker(prepare)
    for each in (event, event, last):
        await deliver(amqp, each)

    async def the_last_is_handled() -> bool:
        return last.id in {row["event_id"] for row in await rows(db, "SELECT event_id FROM effects")}

    await eventually(the_last_is_handled)
    handled = await rows(db, "SELECT event_id FROM effects")
    assert sorted(row["event_id"] for row in handled) == sorted([event.id, last.id])
    assert {row["consumer"] for row in await rows(db, "SELECT consumer FROM inbox")} == {QUEUE.name}


@pytest.mark.parametrize("is_full", [True, False], ids=["full", "not there"])
async def test_what_cannot_be_moved_comes_again_and_uses_up_no_attempt(
    db: Database, amqp: AbstractChannel, start_broker: StartBroker, is_full: bool
) -> None:
    name = f"kit.crowded.{uuid4()}"
    if is_full:
        bounds: Any = {"x-max-length": 1, "x-overflow": "reject-publish"}
        await amqp.declare_queue(name, exclusive=True, arguments=bounds)
        await amqp.default_exchange.publish(aio_pika.Message(b"first"), routing_key=name)
    crowd = Crowd(Queue(name, (), prefetch=1, origins=(), takes_from=(QUEUE,)), share=0)
    await start_broker(lambda b: consume(b, db, QUEUE, {SyncRequestedV1: record}, crowd=crowd))
    await deliver(amqp, sync_requested(), headers={ATTEMPT: 3})

    async def it_waits() -> bool:
        return await length(amqp, retry_name(5)) + await length(amqp, retry_name(600)) == 1

    await eventually(it_waits)
    message = await (await amqp.get_queue(retry_name(5), ensure=False)).get(no_ack=True)
    assert (message.headers[ATTEMPT], message.headers[OUTAGE]) == (3, 1)
