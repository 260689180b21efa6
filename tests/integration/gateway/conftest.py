"""The gateway on this session's servers, with what the other services publish to it."""

from collections.abc import AsyncIterator

import pytest
from local.servers import Servers
from servicekit.db import Database
from support.gateway import Gateway, User, built_gateway


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
