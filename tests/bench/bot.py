"""A seller's command to the bot until Telegram has the answer, on data that the gateway keeps ready.

The bot and its gateway as processes of their own, on databases of their own, beside an echo bot of bare aiogram that
asks nobody; tgsim is Telegram for both, and a command is sent when the one before was answered.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import psutil
import redis.asyncio
from reporter.tables import day_totals
from servicekit.cache import Cache
from servicekit.topology import declare_topology
from support.databases import fresh_databases
from support.facts import put
from support.gateway import built_gateway
from support.reporting import TODAY
from support.running_shop import running
from support.shop import open_shop
from support.shop_items import NOTHING_COUNTED
from tgsim.running import RunningTgsim, running_tgsim

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.processes import running_service

OF_DAYS = {name: value for name, value in NOTHING_COUNTED.items() if not name.startswith("previous_")}
SELLERS = range(1001, 1041)
"""Members of one shop: none of them is faster than the bot lets a person be."""
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Sizes:
    """How many commands of each kind, and charts."""

    commands: int = 200
    charts: int = 20


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with running_tgsim(limits=None) as telegram, _echo(telegram):
        bare = await _answers(telegram, "/orders", sizes.commands)
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(running_tgsim(limits=None))
        process = await stack.enter_async_context(_bot(telegram))
        orders = await _answers(telegram, "/orders", sizes.commands)
        items = await _answers(telegram, "/items", sizes.commands)
        charts = await _answers(telegram, "/analytics", sizes.charts)
        memory = psutil.Process(process.pid).memory_info().rss / 2**20
    return {
        **percentiles("/orders until it is answered", orders, bare),
        **percentiles("/items until it is answered", items, bare),
        **percentiles("/analytics until its chart is sent", charts, bare),
        "memory of the bot": entry(memory, None, "MiB"),
    }


async def _answers(telegram: RunningTgsim, command: str, times: int) -> list[float]:
    """Milliseconds from the command to its answer, once it was asked and kept."""
    say(f"{times} times {command}")
    for seller in SELLERS:
        await telegram.wait_for_reply(telegram.say(seller, command), timeout_seconds=WAIT_SECONDS)
    taken = []
    for n in range(times):
        began = time.perf_counter()
        act = telegram.say(SELLERS[n % len(SELLERS)], command)
        await telegram.wait_for_reply(act, timeout_seconds=WAIT_SECONDS)
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.05)
    return taken


@asynccontextmanager
async def _bot(telegram: RunningTgsim) -> AsyncIterator[asyncio.subprocess.Process]:
    """The bot of a seller who has a shop."""
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(fresh_databases(os.environ["DATABASE_URL"]))
        opened = {}
        for name in ("gateway", "reporter", "ingestor", "notifier"):
            opened[name] = await databases.connect(name)
            stack.push_async_callback(opened[name].close)
        prefix = f"bench:{uuid4().hex}:"
        client = redis.asyncio.from_url(os.environ["REDIS_URL"])
        stack.push_async_callback(client.aclose)
        gateway = await stack.enter_async_context(
            built_gateway(
                opened["gateway"],
                redis_url=os.environ["REDIS_URL"],
                redis_prefix=prefix,
                rabbitmq_url=os.environ["RABBITMQ_URL"],
            )
        )
        seller = await gateway.user(SELLERS[0])
        others = (opened["reporter"], opened["ingestor"], opened["notifier"])
        shop = await open_shop(gateway, seller, *others, nm_id=7_000_001, mark="bench")
        for ago in range(60):
            row = {
                "nm_id": 0,
                "day": TODAY - timedelta(days=ago),
                **OF_DAYS,
                "orders": 9,
                "orders_sum": Decimal(900 + ago),
            }
            await put(opened["reporter"], day_totals, shop.cabinet_id, row)
        for member in SELLERS[1:]:
            await gateway.join(shop.cabinet_id, member, "viewer")
        environment = {
            "DATABASE_URL": databases.urls["gateway"],
            "REDIS_URL": os.environ["REDIS_URL"],
            "REDIS_KEY_PREFIX": prefix,
            "RABBITMQ_URL": os.environ["RABBITMQ_URL"],
        }
        shown = await stack.enter_async_context(
            running(shop, environment, opened["reporter"], Cache(client, prefix=prefix))
        )
        environment = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_BASE_URL": telegram.url,
            "GATEWAY_URL": shown.url,
            "GATEWAY_API_KEY": await gateway.key(None),
        }
        yield await stack.enter_async_context(running_service("bot", environment))


@asynccontextmanager
async def _echo(telegram: RunningTgsim) -> AsyncIterator[None]:
    """A bot of bare aiogram that says what it was told."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.bot_bare", telegram.url, telegram.token)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    run(measure, Sizes())
