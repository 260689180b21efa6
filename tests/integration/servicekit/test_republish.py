"""A broker that lost everything: what was not consumed is published again, and has its effect once."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import pytest
from contracts.audit import AuditRecordedV1
from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import (
    AUDIT_RECORDS,
    INGESTOR_CABINETS,
    INGESTOR_SYNCS,
    NOTIFIER_CABINETS,
    REPORTER_CABINETS,
    Queue,
)
from local import servers as local_servers
from servicekit.broker import connected, event_publisher, make_broker
from servicekit.consume import consume
from servicekit.db import Database
from servicekit.outbox import Relay
from servicekit.republish import LONGEST_DAYS, Republished, republish
from servicekit.topology import declare_topology
from sqlalchemy.ext.asyncio import AsyncConnection
from support.databases import Databases
from support.event_logs import log_events
from support.events import sync_requested
from support.eventually import eventually
from support.outbox_rows import published
from support.reporting import cabinet_disconnected
from support.rows import rows

HANDLED_BEFORE, LOST = 10, 25
SYNCS, CABINETS = SyncRequestedV1.TYPE, CabinetDisconnectedV1.TYPE

Effects = Counter[tuple[str, UUID]]


@pytest.fixture
async def new_broker(servers: local_servers.Servers) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """A broker with the whole topology and no message; called again, all that the one before had is gone."""
    name = f"lost-{os.getpid()}"

    async def make() -> str:
        local_servers.delete_vhost(servers, name)
        url = local_servers.add_vhost(servers, name)
        await declare_topology(url)
        return url

    local_servers.add_vhost(servers, name)
    yield make
    local_servers.delete_vhost(servers, name)


@asynccontextmanager
async def consuming(url: str, effects: Effects, *who: tuple[Queue, Database]) -> AsyncIterator[None]:
    """Consumers of these queues, each of whose effects is counted."""

    def handler(queue: Queue) -> Callable[[AsyncConnection, Event[Any]], Awaitable[None]]:
        async def handle(_: AsyncConnection, event: Event[Any]) -> None:
            effects[queue.name, event.id] += 1

        return handle

    broker = make_broker(url, "test")
    for queue, database in who:
        consume(broker, database, queue, dict.fromkeys(queue.events, handler(queue)))
    async with connected(broker):
        await broker.start()
        yield


async def relay_all(url: str, database: Database) -> int:
    broker = make_broker(url, "test")
    async with connected(broker):
        relay = Relay(database, event_publisher(broker))
        relayed = 0
        while batch := await relay.relay_batch():
            relayed += batch
    return relayed


def but_records(told: Republished) -> dict[tuple[str, str], int]:
    """What is published again, without records of what was."""
    return {each: count for each, count in told.events.items() if each[0] != AUDIT_RECORDS.name}


async def is_empty(url: str, queues: Sequence[Queue]) -> bool:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        found = [await channel.declare_queue(each.name, passive=True) for each in queues]
    return not any(each.declaration_result.message_count for each in found)


async def test_what_a_lost_broker_had_has_its_effect_once(
    databases: Databases,
    gateway_db: Database,
    ingestor_db: Database,
    reporter_db: Database,
    notifier_db: Database,
    new_broker: Callable[[], Awaitable[str]],
) -> None:
    logs = {"gateway": gateway_db}
    effects: Effects = Counter()
    url = await new_broker()
    early, late = ([sync_requested() for _ in range(many)] for many in (HANDLED_BEFORE, LOST))
    ending = cabinet_disconnected(uuid4())
    ancient = sync_requested()
    await log_events(logs, ancient, at=datetime.now(UTC) - timedelta(days=20))
    await log_events(logs, *early)
    await relay_all(url, gateway_db)
    async with consuming(url, effects, (INGESTOR_SYNCS, ingestor_db)):
        await eventually(lambda: len(effects) == HANDLED_BEFORE + 1)
    # Of the ancient one the inbox forgot that it was handled; of the others one queue has consumed, two have not.
    await rows(ingestor_db, "DELETE FROM inbox WHERE event_id = :id RETURNING event_id", id=ancient.id)
    await log_events(logs, *late, ending)
    await relay_all(url, gateway_db)
    async with consuming(url, effects, (REPORTER_CABINETS, reporter_db)):
        await eventually(lambda: effects[REPORTER_CABINETS.name, ending.id] == 1)

    url = await new_broker()
    lost = {
        (INGESTOR_SYNCS.name, SYNCS): LOST,
        **{(q.name, CABINETS): 1 for q in (INGESTOR_CABINETS, NOTIFIER_CABINETS)},
    }
    counted = await republish(databases.admin_url, dry_run=True)
    assert (counted.events, counted.older) == (lost, 1)
    assert await relay_all(url, gateway_db) == 0, "it was only counted"

    # Twice before anybody consumes: what waits already is sent again, and taken once.
    # What is marked is recorded: once for each day that it is from, of which midnight makes two.
    for _ in range(2):
        assert but_records(await republish(databases.admin_url)) == lost
        # The record of the first time is published again too: no audit is here that would note it.
        records = [event.data for event in await published(gateway_db, AuditRecordedV1.TYPE)]
        assert await relay_all(url, gateway_db) == LOST + 1 + len(records)
    assert {(record.actor.kind, record.action, record.outcome) for record in records} == {
        ("operator", "servicekit republish", "done")
    }
    assert sum(int(str(record.after["events"])) for record in records) >= 2 * sum(lost.values())
    queues = [INGESTOR_SYNCS, INGESTOR_CABINETS, REPORTER_CABINETS, NOTIFIER_CABINETS]
    owners = [ingestor_db, ingestor_db, reporter_db, notifier_db]
    async with consuming(url, effects, *zip(queues, owners, strict=True)):
        await eventually(lambda: len(effects) == 1 + HANDLED_BEFORE + LOST + 3)
        await eventually(lambda: is_empty(url, queues))
    assert set(effects.values()) == {1}
    assert {event for queue, event in effects if queue == INGESTOR_SYNCS.name} == {
        event.id for event in (ancient, *early, *late)
    }
    assert but_records(await republish(databases.admin_url)) == {}


async def test_what_inboxes_may_have_forgotten_is_not_published_again(databases: Databases) -> None:
    with pytest.raises(ValueError, match=f"inboxes remember {LONGEST_DAYS} days"):
        await republish(databases.admin_url, since=datetime.now(UTC) - timedelta(days=LONGEST_DAYS + 1))


async def test_a_role_that_may_not_see_every_inbox_is_refused(
    databases: Databases, gateway_db: Database, ingestor_db: Database
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await republish(databases.urls["gateway"])
