"""Processes that were started with different limits: the stricter counts for all, and the operator sees it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from ingestor.metrics import LIMITS_DIFFERING
from ingestor.wb import agreement
from ingestor.wb import budget as budget_module
from ingestor.wb.budget import Budget
from ingestor.wb.errors import MustWait
from ingestor.wb.methods import METHODS, Limit, Method
from local.servers import Servers
from servicekit.db import Database
from structlog.testing import capture_logs
from support.databases import Databases
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, connected, take
from support.wb_clients import KIND
from wbsim.running import running_wbsim

if TYPE_CHECKING:
    import redis.asyncio

ORDERS, FEED = METHODS["orders"], METHODS["order-feed"]


@pytest.fixture(autouse=True)
def shown() -> None:
    """What a test shows the operator is of its own budgets."""
    LIMITS_DIFFERING.set(0)


def differing() -> float:
    [sample] = next(iter(LIMITS_DIFFERING.collect())).samples
    return sample.value


async def calls(budget: Budget, seller: UUID, method: Method) -> float:
    """Call once; the seconds to wait for it, none if it was there."""
    try:
        await budget.settle(await budget.take(seller, method, KIND, backfill=False, patience_seconds=0))
    except MustWait as must:
        return must.seconds
    return 0


async def test_what_the_laxer_called_before_counts_as_spent_and_both_keep_the_stricter_limit(
    redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    lax, seller = Budget(redis_client, prefix=redis_prefix, rate=2), uuid4()
    assert [await calls(lax, seller, FEED), lax.interval_seconds(FEED, KIND)] == [0, 30]
    strict = Budget(redis_client, prefix=redis_prefix)
    with capture_logs() as lines:
        assert await calls(strict, seller, FEED) == pytest.approx(60, abs=1)
        assert await calls(lax, seller, FEED) == pytest.approx(60, abs=1), "at once, though it was not told"
        assert await calls(lax, uuid4(), FEED) == pytest.approx(60, abs=1), "of others it is not known either"
        await lax.tell_limits()
        await lax.tell_limits()
    assert [(line["event"], line["of"], line["log_level"]) for line in lines] == [
        ("budget.limits_differ", "*", "warning")
    ] * 2, "once by each"
    assert lax.interval_seconds(FEED, KIND) == strict.interval_seconds(FEED, KIND) == 60
    assert differing() > len({method.bucket for method in METHODS.values()})


async def test_who_comes_with_laxer_limits_changes_nothing(
    redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    strict, seller = Budget(redis_client, prefix=redis_prefix), uuid4()
    assert await calls(strict, seller, ORDERS) == 0
    lax = Budget(redis_client, prefix=redis_prefix, rate=2)
    taken = [await calls(budget, seller, ORDERS) == 0 for _ in range(20) for budget in (lax, strict)]
    assert sum(taken) == ORDERS.usual.burst - 1
    assert await calls(lax, seller, ORDERS) == pytest.approx(60, abs=1)


async def test_another_table_of_methods_is_agreed_on_limit_by_limit(
    redis_client: "redis.asyncio.Redis", redis_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards, seller = METHODS["cards"], uuid4()
    other = replace(cards, usual=Limit(cards.usual.interval_seconds / 2, 2))
    monkeypatch.setitem(METHODS, "cards", other)
    one = Budget(redis_client, prefix=redis_prefix)
    await one.tell_limits()
    monkeypatch.setitem(METHODS, "cards", cards)
    two = Budget(redis_client, prefix=redis_prefix)
    await two.tell_limits()
    await one.tell_limits()
    assert differing() == 1
    assert one.interval_seconds(other, KIND) == two.interval_seconds(cards, KIND) == cards.usual.interval_seconds
    for budget, method in ((one, other), (two, cards)):
        ticket = await budget.take(seller, method, KIND, backfill=False, patience_seconds=5)
        assert (ticket.method.interval, ticket.method.burst) == (600_000, 2), (
            "the interval of one, the burst of the other"
        )
    assert await calls(two, seller, METHODS["wb-stocks"]) == 0


async def test_the_limits_of_a_process_that_ended_are_forgotten(
    redis_client: "redis.asyncio.Redis", redis_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (agreement, budget_module):
        monkeypatch.setattr(module, "HEARD_SECONDS", 0.5)
    lax = Budget(redis_client, prefix=redis_prefix, rate=2)
    await lax.tell_limits()
    await Budget(redis_client, prefix=redis_prefix).tell_limits()
    await lax.tell_limits()
    assert lax.interval_seconds(FEED, KIND) == 60

    async def is_forgotten() -> bool:
        await lax.tell_limits()
        return lax.interval_seconds(FEED, KIND) == 30

    with capture_logs() as lines:
        await eventually(is_forgotten)
    assert [line["event"] for line in lines] == ["budget.limits_agree"]
    assert differing() == 0
    assert await redis_client.hlen(f"{redis_prefix}wb:limits") == 1
    assert await calls(lax, uuid4(), FEED) > 0, "what was spent when the stricter came is so still"


async def test_a_redis_that_forgot_the_stricter_is_not_believed(
    redis_client: "redis.asyncio.Redis", redis_prefix: str
) -> None:
    lax, strict = (Budget(redis_client, prefix=redis_prefix, rate=rate) for rate in (2, 1))
    for budget in (strict, lax):
        await budget.tell_limits()
    await redis_client.delete(*await redis_client.keys(f"{redis_prefix}*"))
    seller = uuid4()
    assert await calls(lax, seller, FEED) == 0
    assert await calls(lax, seller, FEED) == pytest.approx(60, abs=1)
    await lax.tell_limits()
    assert lax.interval_seconds(FEED, KIND) == 60


RATE = 120
"""So many times faster than WB is the stricter process, and the simulator."""


@asynccontextmanager
async def process(env: dict[str, str], log: Path) -> AsyncIterator[None]:
    """An ingestor within the block, that writes its log there."""
    with log.open("wb") as out:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ingestor", "serve", env=os.environ | env, stdout=out
        )
        try:
            yield
            assert running.returncode is None, "it ended by itself"
        finally:
            if running.returncode is None:
                running.kill()
            await running.wait()


async def test_two_processes_never_ask_more_often_than_the_stricter_may(
    databases: Databases,
    ingestor_db: Database,
    redis_client: "redis.asyncio.Redis",
    servers: Servers,
    rabbitmq_url: str,
    redis_prefix: str,
    tmp_path: Path,
) -> None:
    env = {
        "DATABASE_URL": databases.urls["ingestor"],
        "REDIS_URL": servers.redis_url,
        "REDIS_KEY_PREFIX": redis_prefix,
        "RABBITMQ_URL": rabbitmq_url,
        "SEAL_PRIVATE_KEYS": PRIVATE_KEY,
        "SYNC_INTERVAL": str(0.1 / RATE),
        "PYTHONUNBUFFERED": "1",
        "PORT": "0",
    }
    logs = [tmp_path / "lax", tmp_path / "strict"]

    async def know_each_other() -> bool:
        return all(b"budget.limits_differ" in log.read_bytes() for log in logs)

    async with running_wbsim(seed=3, products=5, history_orders=20, limits_factor=RATE) as wb:
        [seller] = (await wb.control("GET", "/sellers"))["sellers"]
        await wb.control("POST", f"/sellers/{seller['sid']}", {"global_gate": True})
        env["WB_API_BASE_URL"] = wb.url
        lax, strict = ({**env, "WB_RATE_LIMIT": str(rate)} for rate in (3 * RATE, RATE))
        async with process(lax, logs[0]), process(strict, logs[1]):

            async def has_begun() -> bool:
                return await redis_client.zcard(f"{redis_prefix}wb:processes") == 2

            await eventually(has_begun)
            await take(ingestor_db, connected(await wb.token()))

            async def has_read() -> bool:
                return (await wb.counts()).get((ORDERS.path, 200), 0) >= 14

            await eventually(has_read)
            await eventually(know_each_other)
        assert {status for _, status in await wb.counts()} & {429} == set()
