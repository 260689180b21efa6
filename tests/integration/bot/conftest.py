"""A gateway on this session's servers, and the bot that asks it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from local.servers import Servers
from servicekit.db import Database
from support.botting import RunningBot, running_bot
from support.gateway import Gateway, built_gateway
from support.handled import handlers_noted

HERE = Path(__file__).parent
LAST = "test_every_handler"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks back at all tests of this folder comes after them."""
    items.sort(key=lambda item: item.path.stem == LAST and item.path.parent == HERE)


@pytest.fixture(scope="session")
def is_whole_folder(request: pytest.FixtureRequest) -> bool:
    """Whether all tests of this folder run."""
    is_chosen = any(request.config.getoption(name) for name in ("keyword", "markexpr", "lf"))
    return not is_chosen and {item.path for item in request.session.items} >= set(HERE.glob("test_*.py"))


@pytest.fixture(scope="session", autouse=True)
def noted() -> Iterator[None]:
    """Every handler that is called is noted."""
    with handlers_noted():
        yield


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
