"""An ingestor and a simulated Wildberries."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Position
from ingestor.wb.budget import Budget
from servicekit.db import Database
from servicekit.http import make_client
from support.ingesting import Ingestor, open_ingestor
from support.resources import changed
from wbsim.running import Wbsim, running_wbsim

if TYPE_CHECKING:
    import redis.asyncio


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    """A small shop without history, with limits that a test does not feel."""
    async with running_wbsim(seed=7, products=5, history_orders=0, limits_factor=1000) as running:
        yield running


@pytest.fixture
async def ingestor(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim
) -> AsyncIterator[Ingestor]:
    """An ingestor on that shop, with nothing running yet."""
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url) as made:
        yield made


@pytest.fixture
def page_rows() -> int:
    """How many rows `paging` asks for."""
    return 2


@pytest.fixture
async def paging(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim, page_rows: int
) -> AsyncIterator[Ingestor]:
    """An ingestor that asks for a few rows a page."""
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, sync_batch_size=page_rows) as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """What clients of WB call through."""
    async with make_client(timeout_seconds=1) as made:
        yield made


@pytest.fixture
def budget(redis_client: "redis.asyncio.Redis", redis_prefix: str) -> Budget:
    """A budget that is spent a thousand times as fast."""
    return Budget(redis_client, prefix=redis_prefix, rate=1000)


FEW = ("orders", "products", "stocks")


@pytest.fixture
def few_resources(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The resources there are, for what is the same whichever they are; one of every kind of paging."""
    for name in RESOURCES.keys() - set(FEW):
        monkeypatch.delitem(RESOURCES, name)
    return FEW


@pytest.fixture
def asks(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[dict[str, Any]]]:
    """Notes what is asked of WB for a resource from now on."""

    def noted(name: str) -> list[dict[str, Any]]:
        resource, asked = RESOURCES[name], []

        def ask_wb(position: Position) -> dict[str, Any]:
            asked.append(resource.reading.ask(position))
            return asked[-1]

        monkeypatch.setitem(RESOURCES, name, changed(resource, ask=ask_wb))
        return asked

    return noted
