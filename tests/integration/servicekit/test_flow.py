"""Append, relay, consume, inbox, effect: together, on real servers."""

from collections.abc import Awaitable, Callable
from typing import Any

from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from servicekit.broker import event_publisher
from servicekit.consume import consume
from servicekit.db import Database
from servicekit.outbox import Relay, append
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually

StartBroker = Callable[..., Awaitable[RabbitBroker]]


async def test_an_event_appended_has_its_effect(db: Database, start_broker: StartBroker) -> None:
    async def handle(connection: AsyncConnection, event: Event[Any]) -> None:
        await connection.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})

    broker = await start_broker(lambda b: consume(b, db, INGESTOR_SYNCS, {SyncRequestedV1: handle}))
    event = sync_requested()
    async with db.transaction() as connection:
        await append(connection, [event])
    relay = Relay(db, event_publisher(broker))
    assert await relay.relay_batch() == 1

    async def done() -> bool:
        async with db.transaction() as connection:
            return list((await connection.execute(text("SELECT event_id FROM effects"))).scalars()) == [event.id]

    await eventually(done)
    assert await relay.relay_batch() == 0
