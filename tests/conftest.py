"""Fixtures every test may use: real servers, started when first asked for."""

import gc
import os
import uuid
from collections.abc import AsyncIterator, Generator, Iterator

import aio_pika
import hypothesis
import pytest
import redis.asyncio
import structlog
from contracts.topics import QUEUES, RETRY_TIERS_SECONDS
from hypothesis import HealthCheck
from local import servers as local_servers
from servicekit.db import Database
from servicekit.starting import heed_cancellations, tune_memory
from servicekit.topology import declare_topology, retry_name
from support import process_state
from support.databases import Databases, fresh_databases
from support.servers import session_servers

# A test fails for what it finds, not for how long it took on a machine that others use too.
hypothesis.settings.register_profile(
    "pulse",
    hypothesis.settings(
        deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    ),
)
hypothesis.settings.load_profile("pulse")

# As services do; and of what has been imported nothing becomes garbage.
tune_memory()
heed_cancellations()


def pytest_collection_finish() -> None:
    gc.freeze()


# Plain tracebacks: drawing them with colours and locals takes longer than most tests.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, bool, bool]:
    with process_state.kept():
        return (yield)


@pytest.fixture(scope="session")
def servers() -> Iterator[local_servers.Servers]:
    """Postgres, Redis and RabbitMQ of this session."""
    with session_servers() as running:
        yield running


@pytest.fixture(scope="session")
async def databases(servers: local_servers.Servers) -> AsyncIterator[Databases]:
    """The session's database with every service's role and schema."""
    async with fresh_databases(servers.database_url) as made:
        yield made


@pytest.fixture(scope="session")
async def vhost_url(servers: local_servers.Servers) -> AsyncIterator[str]:
    """A vhost of this session with the whole topology declared."""
    vhost = f"test-{os.getpid()}"
    url = local_servers.add_vhost(servers, vhost)
    await declare_topology(url)
    yield url
    local_servers.delete_vhost(servers, vhost)


@pytest.fixture
async def rabbitmq_url(vhost_url: str) -> str:
    """The session's vhost with every queue empty."""
    async with await aio_pika.connect(vhost_url) as connection:
        channel = await connection.channel()
        names = [name for queue in QUEUES for name in (queue.name, queue.dead)]
        for name in [*names, *map(retry_name, RETRY_TIERS_SECONDS)]:
            await (await channel.get_queue(name, ensure=False)).purge()
    return vhost_url


@pytest.fixture
async def redis_client(servers: local_servers.Servers) -> AsyncIterator["redis.asyncio.Redis"]:
    """Redis. It may be one that was given: keys go under `redis_prefix`, and nothing is flushed."""
    client = redis.asyncio.from_url(servers.redis_url, decode_responses=True)
    yield client
    await client.aclose()


@pytest.fixture
def redis_prefix() -> str:
    """A key prefix of this test's own."""
    return f"test:{uuid.uuid4().hex}:"


@pytest.fixture
async def gateway_db(databases: Databases) -> Database:
    """The gateway's own schema, migrated and empty."""
    return await databases.connect("gateway")


@pytest.fixture
async def ingestor_db(databases: Databases) -> Database:
    """The ingestor's own schema, migrated and empty."""
    return await databases.connect("ingestor")


@pytest.fixture
async def reporter_db(databases: Databases) -> Database:
    """The reporter's own schema, migrated and empty."""
    return await databases.connect("reporter")


@pytest.fixture
async def audit_db(databases: Databases) -> Database:
    """The audit's own schema, migrated and empty."""
    return await databases.connect("audit")


@pytest.fixture
async def notifier_db(databases: Databases) -> Database:
    """The notifier's own schema, migrated and empty."""
    return await databases.connect("notifier")
