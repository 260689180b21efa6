"""Dead letters are looked at and put back without being lost."""

from collections.abc import Awaitable, Callable
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from servicekit.broker import event_publisher
from servicekit.consume import ATTEMPT, EVENT_ID, HANDLER, REASON, Rejected, consume
from servicekit.db import Database
from servicekit.dead_letters import count_dead, list_dead, redrive
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually
from support.outbox_rows import row_of

StartBroker = Callable[..., Awaitable[RabbitBroker]]

QUEUE = INGESTOR_SYNCS


async def count(amqp: AbstractChannel, name: str) -> int:
    return (await amqp.declare_queue(name, passive=True)).declaration_result.message_count or 0


async def bury(amqp: AbstractChannel, *bodies: bytes, headers: dict[str, Any] | None = None) -> None:
    for number, body in enumerate(bodies):
        message = aio_pika.Message(body, message_id=f"m{number}", type="sync.requested.v1", headers=headers or {})
        await amqp.default_exchange.publish(message, routing_key=QUEUE.dead)


class TestListDead:
    async def test_shows_the_oldest_first_and_leaves_them(self, vhost: str, amqp: AbstractChannel) -> None:
        await bury(amqp, b"1", b"2", b"3", headers={ATTEMPT: 4, REASON: "ValueError: no", EVENT_ID: "e", HANDLER: "h"})
        for _ in range(2):
            letters = await list_dead(vhost, QUEUE, limit=2)
            assert [letter.body for letter in letters] == [b"1", b"2"]
            await eventually(lambda: _is(amqp, QUEUE.dead, 3))
        (letter, _) = letters
        assert (letter.queue, letter.event_id, letter.type) == (QUEUE.name, "e", "sync.requested.v1")
        assert (letter.attempts, letter.reason) == (4, "ValueError: no")

    async def test_how_many_each_queue_has(self, vhost: str, amqp: AbstractChannel) -> None:
        assert await count_dead(vhost) == {}
        await bury(amqp, *(str(number).encode() for number in range(6)))
        assert await count_dead(vhost) == {QUEUE: 6}

    async def test_who_looks_next_sees_all(self, vhost: str, amqp: AbstractChannel) -> None:
        await bury(amqp, b"1", b"2", b"3")
        for _ in range(10):
            assert len(await list_dead(vhost, QUEUE, limit=2)) == 2
            assert await count_dead(vhost) == {QUEUE: 3}

    async def test_more_often_than_a_broker_would_deliver_by_default(self, vhost: str, amqp: AbstractChannel) -> None:
        await bury(amqp, b"1")
        for _ in range(25):
            assert len(await list_dead(vhost, QUEUE, limit=5)) == 1

    async def test_one_the_broker_buried_itself_says_so(self, vhost: str, amqp: AbstractChannel) -> None:
        await bury(amqp, b"1", headers={ATTEMPT: "?"})
        (letter,) = await list_dead(vhost, QUEUE, limit=5)
        assert (letter.event_id, letter.attempts) == ("m0", 0)
        assert "delivered too often" in letter.reason


class TestRedrive:
    async def test_puts_each_back_once_as_new(
        self, db: Database, vhost: str, amqp: AbstractChannel, start_broker: StartBroker
    ) -> None:
        works = False
        handled: list[Event[Any]] = []

        async def handle(_: AsyncConnection, event: Event[Any]) -> None:
            if not works:
                raise Rejected("not today")
            handled.append(event)

        broker = await start_broker(lambda b: consume(b, db, QUEUE, {SyncRequestedV1: handle}))
        events = [sync_requested() for _ in range(5)]
        for event in events:
            await event_publisher(broker)(row_of(event))
        await eventually(lambda: _is(amqp, QUEUE.dead, 5))
        works = True
        assert await redrive(vhost, QUEUE, limit=3) == 3
        await eventually(lambda: len(handled) == 3)
        assert await redrive(vhost, QUEUE, limit=3) == 2
        await eventually(lambda: len(handled) == 5)
        assert await redrive(vhost, QUEUE, limit=3) == 0
        assert sorted(event.id for event in handled) == sorted(event.id for event in events)

    async def test_one_that_fails_again_at_once_is_put_back_once(
        self, db: Database, vhost: str, amqp: AbstractChannel, start_broker: StartBroker
    ) -> None:
        calls = 0

        async def handle(_: AsyncConnection, event: Event[Any]) -> None:
            nonlocal calls
            calls += 1
            raise Rejected("never")

        broker = await start_broker(lambda b: consume(b, db, QUEUE, {SyncRequestedV1: handle}))
        for _ in range(3):
            await event_publisher(broker)(row_of(sync_requested()))
        await eventually(lambda: _is(amqp, QUEUE.dead, 3))
        assert await redrive(vhost, QUEUE, limit=1000) == 3
        await eventually(lambda: calls == 6)
        await eventually(lambda: _is(amqp, QUEUE.dead, 3))

    async def test_of_one_event_leaves_the_others(self, vhost: str, amqp: AbstractChannel) -> None:
        await bury(amqp, b"0", b"1", b"2")
        assert await redrive(vhost, QUEUE, limit=1, event_id="m1") == 0
        await eventually(lambda: _is(amqp, QUEUE.dead, 3))
        assert await redrive(vhost, QUEUE, limit=3, event_id="m1") == 1
        await eventually(lambda: _is(amqp, QUEUE.dead, 2))
        message = await (await amqp.get_queue(QUEUE.name)).get(no_ack=True)
        assert message is not None
        assert message.body == b"1"

    async def test_keeps_the_trace_and_forgets_the_attempts(self, vhost: str, amqp: AbstractChannel) -> None:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        await bury(amqp, b"1", headers={ATTEMPT: 10, "traceparent": trace})
        assert await redrive(vhost, QUEUE, limit=1) == 1
        message = await (await amqp.get_queue(QUEUE.name)).get()
        assert message is not None
        assert {**message.headers, "x-delivery-count": 0} == {"traceparent": trace, "x-delivery-count": 0}
        assert (message.body, message.message_id, message.type) == (b"1", "m0", "sync.requested.v1")
        assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
        await message.ack()


async def _is(amqp: AbstractChannel, name: str, expected: int) -> bool:
    return await count(amqp, name) == expected
