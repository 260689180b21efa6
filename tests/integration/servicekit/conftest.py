"""A schema with nothing but outbox, inbox and a table of effects; a vhost with the topology, empty."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aio_pika
import asyncpg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from contracts.envelope import Event
from contracts.topics import QUEUES, RETRY_TIERS_SECONDS
from faststream.rabbit import RabbitBroker
from local import servers as local_servers
from servicekit.bootstrap import bootstrap
from servicekit.broker import connected, make_broker
from servicekit.db import Database
from servicekit.outbox.schema import create_inbox, create_outbox
from servicekit.topology import declare_topology, retry_name
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from support.databases import Databases, connect, empty
from support.replaying import Replays, log_three_days

SCHEMA = "kit"


def create_tables(connection: Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_outbox(op)
    create_inbox(op)
    op.execute("CREATE TABLE effects (event_id uuid NOT NULL)")


@pytest.fixture(scope="session")
async def kit_url(databases: Databases) -> AsyncIterator[str]:
    role = f"kit_{os.getpid()}_{os.urandom(3).hex()}"
    base = make_url(databases.admin_url)
    url = base.set(username=role, password=os.urandom(8).hex()).render_as_string(False)
    await bootstrap(databases.admin_url, {SCHEMA: url})
    made = connect(url)
    async with made.transaction() as connection:
        await connection.run_sync(create_tables)
    await made.close()
    yield url
    admin = await asyncpg.connect(databases.admin_url)
    await admin.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await admin.close()


@pytest.fixture
async def db(kit_url: str) -> AsyncIterator[Database]:
    """The schema, empty."""
    database = connect(kit_url)
    await empty(database)
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def vhost(servers: local_servers.Servers) -> AsyncIterator[str]:
    """The URL of a vhost of these tests' own with the whole topology."""
    name = f"kit-{os.getpid()}"
    url = local_servers.add_vhost(servers, name)
    await declare_topology(url)
    yield url
    local_servers.delete_vhost(servers, name)


@pytest.fixture
async def amqp(vhost: str) -> AsyncIterator["aio_pika.abc.AbstractChannel"]:
    """A bare channel; every queue is empty."""
    async with await aio_pika.connect(vhost) as connection:
        channel = await connection.channel()
        for name in [queue.name for queue in QUEUES] + [queue.dead for queue in QUEUES]:
            await (await channel.get_queue(name, ensure=False)).purge()
        for seconds in RETRY_TIERS_SECONDS:
            await (await channel.get_queue(retry_name(seconds), ensure=False)).purge()
        yield channel


@pytest.fixture
async def start_broker(vhost: str, amqp: object, db: Database) -> AsyncIterator[Callable[..., Awaitable[RabbitBroker]]]:
    """Start a broker after `prepare(broker)` subscribed on it; stopped at the end, before the database is closed."""
    async with AsyncExitStack() as stack:

        async def start(prepare: Callable[[RabbitBroker], object] | None = None, *, url: str = vhost) -> RabbitBroker:
            broker = make_broker(url, "kit")
            if prepare:
                prepare(broker)
            await stack.enter_async_context(connected(broker))
            await broker.start()
            return broker

        yield start


@pytest.fixture
async def logs(ingestor_db: Database, gateway_db: Database) -> dict[str, Database]:
    """The databases of who publishes, by service."""
    return {"ingestor": ingestor_db, "gateway": gateway_db}


@pytest.fixture
async def three_days(logs: dict[str, Database]) -> list[Event[Any]]:
    """What lies in those logs that a replay may be of."""
    return await log_three_days(logs)


@pytest.fixture
async def replays(
    reporter_db: Database, three_days: list[Event[Any]], vhost: str, amqp: "aio_pika.abc.AbstractChannel"
) -> Replays:
    """Replays of those three days."""
    return Replays(reporter_db, vhost, amqp, three_days)
