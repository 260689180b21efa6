"""A seller's command to the bot until Telegram has the answer, on data that the gateway keeps ready.

The bot and its gateway as processes of their own, on databases of their own, beside an echo bot of bare aiogram that
asks nobody; tgsim is Telegram for both. A command is sent when the one before was answered, and then by ten sellers in
the same moment, again and again, whatever is answered by then. Its memory is that of a bot that has answered all.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
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
from bench.processes import cpu_seconds, running_service

OF_DAYS = {name: value for name, value in NOTHING_COUNTED.items() if not name.startswith("previous_")}
SELLERS = range(1001, 1041)
"""Members of one shop: none of them is faster than the bot lets a person be."""
WAIT_SECONDS = 60.0

LISTS = ("/orders", "/items", "/stocks", "/reviews", "/digests", "/alerts", "/cabinets", "/menu")
CHARTS = ("/analytics", "/buyout", "/abc")
EVERYTHING = (*LISTS, *CHARTS, "/questions", "/replenish", "/sync", "/connect", "/settings", "/language", "/help")

TOGETHER = 10
"""Sellers who ask in the same moment."""


@dataclass(frozen=True)
class Sizes:
    """How many commands of each kind, and charts."""

    commands: int = 200
    charts: int = 20
    seconds: int = 20
    """How long ten sellers ask together for."""
    a_second: float = 5.0
    """What they ask together; of charts they ask half as many, one at a time."""


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
        for command in EVERYTHING:
            await _ask(telegram, SELLERS[0], command)
        bursts = [[(n, LISTS[n % len(LISTS)]) for n in range(TOGETHER)]] * round(
            sizes.seconds * sizes.a_second / TOGETHER
        )
        before = cpu_seconds(process)
        lists = await _together(telegram, bursts, TOGETHER / sizes.a_second)
        between = cpu_seconds(process)
        drawn = [[(n % TOGETHER, CHARTS[n % len(CHARTS)])] for n in range(round(sizes.seconds * sizes.a_second / 2))]
        pictures = await _together(telegram, drawn, 2 / sizes.a_second)
        after = cpu_seconds(process)
        memory = psutil.Process(process.pid).memory_info().rss / 2**20
    return {
        **percentiles("/orders until it is answered", orders, bare),
        **percentiles("/items until it is answered", items, bare),
        **percentiles("/analytics until its chart is sent", charts, bare),
        **percentiles("a command of ten sent at once", lists, []),
        **percentiles("a chart of those that ten ask for", pictures, []),
        "processor time of the bot for a command": entry((between - before) / len(lists) * 1000, None, "ms"),
        "processor time of the bot for a chart": entry((after - between) / len(pictures) * 1000, None, "ms"),
        "memory of the bot": entry(memory, None, "MiB"),
    }


async def _answers(telegram: RunningTgsim, command: str, times: int) -> list[float]:
    """Milliseconds from the command to its answer, once it was asked and kept."""
    say(f"{times} times {command}")
    for seller in SELLERS:
        await telegram.wait_for_reply(telegram.say(seller, command), timeout_seconds=WAIT_SECONDS)
    taken = []
    for n in range(times):
        taken.append(await _ask(telegram, SELLERS[n % len(SELLERS)], command))
        await asyncio.sleep(0.05)
    return taken


async def _together(
    telegram: RunningTgsim, bursts: Sequence[Sequence[tuple[int, str]]], every_seconds: float
) -> list[float]:
    """Milliseconds to each answer, where the commands of a burst are sent at once, and bursts whatever was answered."""
    say(f"{len(bursts)} times {len(bursts[0])} sellers at once")
    asked = []
    for burst in bursts:
        asked += [asyncio.create_task(_ask(telegram, SELLERS[n], command)) for n, command in burst]
        await asyncio.sleep(every_seconds)
    return list(await asyncio.gather(*asked))


async def _ask(telegram: RunningTgsim, seller: int, command: str) -> float:
    """Milliseconds from the command to the first message after it."""
    began = time.perf_counter()
    await telegram.wait_for_reply(telegram.say(seller, command), timeout_seconds=WAIT_SECONDS)
    return (time.perf_counter() - began) * 1000


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
