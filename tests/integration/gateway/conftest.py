"""The gateway on this session's servers, with what the other services publish to it."""

from collections.abc import AsyncIterator

import pytest
import redis.asyncio
from local.servers import Servers
from servicekit.cache import Cache
from servicekit.db import Database
from support.databases import Databases
from support.gateway import Gateway, User, built_gateway
from support.running_shop import RunningShop, running
from support.shop import open_shop


@pytest.fixture
async def gateway(
    gateway_db: Database,
    reporter_db: Database,
    ingestor_db: Database,
    notifier_db: Database,
    servers: Servers,
    redis_prefix: str,
    vhost_url: str,
) -> AsyncIterator[Gateway]:
    """The gateway, its database empty."""
    async with built_gateway(
        gateway_db, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as built:
        yield built


@pytest.fixture
async def alice(gateway: Gateway) -> User:
    """A user with a key."""
    return await gateway.user(1001)


@pytest.fixture
async def bob(gateway: Gateway) -> User:
    """Another user with a key."""
    return await gateway.user(1002)


@pytest.fixture
async def running_shop(
    gateway: Gateway,
    alice: User,
    databases: Databases,
    servers: Servers,
    redis_client: redis.asyncio.Redis,
    redis_prefix: str,
    rabbitmq_url: str,
    reporter_db: Database,
    ingestor_db: Database,
    notifier_db: Database,
) -> AsyncIterator[RunningShop]:
    """Alice's shop, shown by a gateway that is a process of its own."""
    shop = await open_shop(gateway, alice, reporter_db, ingestor_db, notifier_db, nm_id=7_000_001, mark="Vq7alice")
    environment = {
        "DATABASE_URL": databases.urls["gateway"],
        "REDIS_URL": servers.redis_url,
        "REDIS_KEY_PREFIX": redis_prefix,
        "RABBITMQ_URL": rabbitmq_url,
    }
    async with running(shop, environment, reporter_db, Cache(redis_client, prefix=redis_prefix)) as shown:
        yield shown
