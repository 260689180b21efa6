"""What becomes of a message: handled, tried again, dead – on a real broker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from contracts.envelope import Event
from contracts.syncs import SyncCompletedV1, SyncRequestedV1
from contracts.topics import EVENTS_EXCHANGE, INGESTOR_SYNCS, RETRY_TIERS_SECONDS
from faststream.rabbit import RabbitBroker
from servicekit import consume as consuming
from servicekit import topology
from servicekit.broker import event_publisher
from servicekit.consume import ATTEMPT, EVENT_ID, HANDLER, MAX_ATTEMPTS, REASON, Rejected, consume
from servicekit.db import Database
from servicekit.topology import DELIVERY_LIMIT, declare_topology, retry_name
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually
from support.outbox_rows import row_of

StartBroker = Callable[..., Awaitable[RabbitBroker]]

QUEUE = INGESTOR_SYNCS


async def take(amqp: AbstractChannel, name: str) -> AbstractIncomingMessage:
    """The next message of a queue, within the deadline."""
    queue = await amqp.get_queue(name, ensure=False)
    found: list[AbstractIncomingMessage] = []

    async def got() -> bool:
        message = await queue.get(no_ack=True, fail=False)
        if message is not None:
            found.append(message)
        return bool(found)

    # A broker under load takes its time until a queue's limit makes a dead letter.
    await eventually(got)
    return found[0]


async def is_empty(amqp: AbstractChannel, name: str) -> bool:
    return (await amqp.declare_queue(name, passive=True)).declaration_result.message_count == 0


class Handler:
    """Remembers the events it got; fails as it is told."""

    def __init__(self, error: Exception | None = None, times: int = 10**6) -> None:
        self.error, self.times = error, times
        self.calls: list[Event[Any]] = []

    async def __call__(self, _: AsyncConnection, event: Event[Any]) -> None:
        self.calls.append(event)
        if self.error and len(self.calls) <= self.times:
            raise self.error


Subscribe = Callable[[Any], Callable[[RabbitBroker], None]]


@pytest.fixture
def subscribe(db: Database) -> Subscribe:
    """What subscribes a handler on a broker."""
    return lambda handler: lambda broker: consume(broker, db, QUEUE, {SyncRequestedV1: handler})


class TestPoison:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            (b"", "UnreadableEvent"),
            (b"\xff\xfe not json", "UnreadableEvent"),
            (b'{"type": "sync.requested.v9"}', "unknown event type 'sync.requested.v9'"),
            (b'{"type": "sync.requested.v1"}', "UnreadableEvent: "),
        ],
    )
    @pytest.mark.parametrize("content_type", [None, "application/json", "application/cloudevents+json"])
    async def test_a_body_that_is_no_event_dies_with_its_reason_and_the_good_flow_on(
        self,
        amqp: AbstractChannel,
        start_broker: StartBroker,
        subscribe: Subscribe,
        body: bytes,
        reason: str,
        content_type: str | None,
    ) -> None:
        handler = Handler()
        broker = await start_broker(subscribe(handler))
        events = await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)
        good = [sync_requested(), sync_requested()]
        await event_publisher(broker)(row_of(good[0]))
        await events.publish(aio_pika.Message(body, message_id="bad", content_type=content_type), "sync.requested.v1")
        await event_publisher(broker)(row_of(good[1]))
        dead = await take(amqp, QUEUE.dead)
        assert dead.body == body
        assert reason in str(dead.headers[REASON])
        assert (dead.headers[HANDLER], dead.headers[ATTEMPT], dead.headers[EVENT_ID]) == (QUEUE.name, 1, "bad")
        await eventually(lambda: {e.id for e in handler.calls} == {e.id for e in good})
        assert await is_empty(amqp, QUEUE.name)

    @pytest.mark.parametrize(
        "headers",
        [{"traceparent": "junk"}, {"traceparent": 5}, {ATTEMPT: "x"}, {"tracestate": {"a": 1}}, {"baggage": [1]}],
    )
    async def test_strange_headers_are_no_reason_not_to_handle(
        self, amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe, headers: dict[str, Any]
    ) -> None:
        handler = Handler()
        await start_broker(subscribe(handler))
        events = await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)
        body = sync_requested().model_dump_json().encode()
        await events.publish(aio_pika.Message(body, headers=headers), "sync.requested.v1")
        await eventually(lambda: len(handler.calls) == 1)

    async def test_a_type_that_nobody_here_handles_dies(
        self, db: Database, amqp: AbstractChannel, start_broker: StartBroker
    ) -> None:
        broker = await start_broker(lambda b: consume(b, db, QUEUE, {SyncCompletedV1: Handler()}))
        await event_publisher(broker)(row_of(sync_requested()))
        assert "no handler for sync.requested.v1" in str((await take(amqp, QUEUE.dead)).headers[REASON])

    async def test_a_rejected_event_dies_at_once(
        self, amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe
    ) -> None:
        handler = Handler(Rejected("the cabinet is not ours"))
        broker = await start_broker(subscribe(handler))
        event = sync_requested()
        await event_publisher(broker)(row_of(event))
        dead = await take(amqp, QUEUE.dead)
        assert dead.headers[REASON] == "Rejected: the cabinet is not ours"
        assert dead.headers[EVENT_ID] == str(event.id) == dead.message_id
        assert dead.type == "sync.requested.v1"
        assert dead.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
        assert len(handler.calls) == 1


class TestRetry:
    @pytest.fixture
    async def _one_second(self, monkeypatch: pytest.MonkeyPatch, vhost: str) -> None:
        """The first tier waits a second."""
        monkeypatch.setattr(topology, "RETRY_TIERS_SECONDS", (1,))
        monkeypatch.setattr(consuming, "RETRY_TIERS_SECONDS", (1, *RETRY_TIERS_SECONDS[1:]))
        await declare_topology(vhost)

    @pytest.mark.usefixtures("_one_second")
    async def test_what_fails_for_a_while_returns_to_its_own_queue_and_is_handled(
        self, amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe
    ) -> None:
        handler = Handler(ValueError("not yet"), times=1)
        broker = await start_broker(subscribe(handler))
        event = sync_requested()
        clock = asyncio.get_running_loop().time
        began = clock()
        await event_publisher(broker)(row_of(event))
        await eventually(lambda: len(handler.calls) == 2)
        assert clock() - began >= 0.8
        assert [call.id for call in handler.calls] == [event.id, event.id]
        await eventually(lambda: is_empty(amqp, QUEUE.name))
        assert await is_empty(amqp, QUEUE.dead)

    @pytest.mark.parametrize(
        ("attempts", "tier"), [(0, 5), (1, 60), (2, 600), (3, 600), (MAX_ATTEMPTS - 2, 600), ("damaged", 5)]
    )
    async def test_waits_longer_each_time_with_jitter_below_the_tier(
        self, amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe, attempts: int | str, tier: int
    ) -> None:
        await start_broker(subscribe(Handler(ValueError("no"))))
        events = await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)
        body = sync_requested().model_dump_json().encode()
        await events.publish(aio_pika.Message(body, headers={ATTEMPT: attempts}), "sync.requested.v1")
        waiting = await take(amqp, retry_name(tier))
        assert waiting.headers[ATTEMPT] == (attempts + 1 if isinstance(attempts, int) else 1)
        assert waiting.routing_key == QUEUE.name
        assert waiting.body == body
        assert isinstance(waiting.expiration, float)
        assert 0.8 * tier <= waiting.expiration <= tier

    async def test_dies_after_the_last_attempt(
        self, amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe
    ) -> None:
        await start_broker(subscribe(Handler(ValueError("still no"))))
        events = await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)
        body = sync_requested().model_dump_json().encode()
        headers = {ATTEMPT: MAX_ATTEMPTS - 1}
        await events.publish(aio_pika.Message(body, headers=headers), "sync.requested.v1")  # type: ignore[arg-type]  # dict is invariant
        dead = await take(amqp, QUEUE.dead)
        assert (dead.headers[ATTEMPT], dead.headers[REASON]) == (MAX_ATTEMPTS, "ValueError: still no")

    async def test_what_can_be_handed_on_nowhere_is_bounded_by_the_delivery_limit(
        self, amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def refuse(*_: Any, **__: Any) -> None:
            raise ConnectionError("the tier takes nothing")

        monkeypatch.setattr(consuming, "_publish", refuse)
        handler = Handler(ValueError("no"))
        broker = await start_broker(subscribe(handler))
        await event_publisher(broker)(row_of(sync_requested()))
        dead = await take(amqp, QUEUE.dead)
        assert len(handler.calls) == DELIVERY_LIMIT + 1
        assert dead.headers["x-first-death-reason"] == "delivery_limit"


async def test_events_are_handled_at_once_up_to_the_prefetch(db: Database, start_broker: StartBroker) -> None:
    running = most = 0
    gate = asyncio.Event()

    @asynccontextmanager
    async def count(_: Event[Any]) -> AsyncIterator[None]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1
        yield

    handler = Handler()
    broker = await start_broker(lambda b: consume(b, db, QUEUE, {SyncRequestedV1: handler}, lock=count))
    await asyncio.gather(*(event_publisher(broker)(row_of(sync_requested())) for _ in range(2 * QUEUE.prefetch)))
    await eventually(lambda: running == QUEUE.prefetch)
    gate.set()
    await eventually(lambda: len(handler.calls) == 2 * QUEUE.prefetch)
    assert most == QUEUE.prefetch


async def test_stopping_lets_a_running_handler_finish_and_takes_no_more(
    amqp: AbstractChannel, start_broker: StartBroker, subscribe: Subscribe
) -> None:
    started, finished = asyncio.Event(), []
    gate = asyncio.Event()

    async def handle(_: AsyncConnection, event: Event[Any]) -> None:
        started.set()
        await gate.wait()
        finished.append(event.id)

    broker = await start_broker(subscribe(handle))
    first = sync_requested()
    await event_publisher(broker)(row_of(first))
    await started.wait()
    stop = asyncio.create_task(broker.stop())
    await eventually(lambda: not next(iter(broker.subscribers)).running)
    body = sync_requested().model_dump_json().encode()
    await (await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)).publish(aio_pika.Message(body), "sync.requested.v1")
    assert not stop.done()
    gate.set()
    await stop
    assert finished == [first.id]
    assert (await take(amqp, QUEUE.name)).body == body
    assert await is_empty(amqp, QUEUE.name)
