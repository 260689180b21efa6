"""Live events and the rest travel by queues of their own."""

import random
from collections import Counter
from typing import Any
from uuid import UUID

import aio_pika
import pytest
from contracts.envelope import Event, Origin
from contracts.registry import parse_event
from servicekit.broker import event_publisher, make_broker
from support.any_rows import SOURCES, a_row, an_event
from support.outbox_rows import row_of

from contracts import topics

LIVE = {queue for queue in topics.REPORTER_CROWDED.takes_from if queue is not topics.REPORTER_SOURCES}
OTHERS = set(topics.REPORTER_BACKFILLS)


@pytest.mark.parametrize(
    ("origin", "queues"), [(Origin.LIVE, LIVE), (Origin.BACKFILL, OTHERS), (Origin.REPLAY, OTHERS)]
)
async def test_every_row_event_goes_to_the_queue_of_its_origin_alone(
    rabbitmq_url: str, cabinet_id: UUID, origin: Origin, queues: set[topics.Queue]
) -> None:
    broker = make_broker(rabbitmq_url, "ingestor")
    await broker.connect()
    for facts in SOURCES.values():
        event: Event[Any] = an_event(facts, cabinet_id, a_row(facts, cabinet_id, 0, 1, random.Random(1)), origin=origin)
        await event_publisher(broker)(row_of(event))
    await broker.stop()
    found: Counter[str] = Counter()
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        for queue in topics.QUEUES:
            messages = await channel.get_queue(queue.name, ensure=False)
            while message := await messages.get(no_ack=True, fail=False):
                event = parse_event(message.body)
                assert event.origin is origin
                if queue is topics.NOTIFIER_ALERTS and origin is Origin.LIVE:
                    continue  # it tells of cards, beside the reporter
                assert queue in queues, queue.name
                found[event.type] += 1
    assert found == {event.TYPE: 1 for event in SOURCES}
