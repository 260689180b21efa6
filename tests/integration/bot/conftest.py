"""A gateway on this session's servers, and the bot that asks it."""

from collections.abc import AsyncIterator

import pytest
from local.servers import Servers
from servicekit.db import Database
from support.botting import RunningBot, running_bot
from support.gateway import Gateway, built_gateway


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
async def bot(gateway: Gateway) -> AsyncIterator[RunningBot]:
    """The bot, polling."""
    async with running_bot(gateway) as running:
        yield running
