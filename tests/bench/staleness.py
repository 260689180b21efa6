"""Readers of two gateways while what they read changes, for a minute: how old what they were given was, and how much of
it the cache had.

Users poll a few pages each, as a bot or an open page does; a change is stored and told as the reporter does it. An
answer is stale by the time from the commit of the change that it lacks to the moment at which it was asked for.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from gateway import keys
from gateway.answers.pipeline import PREFIX
from local.ports import free_port
from reporter.tables import order_facts
from servicekit.cache import Cache, connect_redis
from servicekit.db import Database
from servicekit.topology import declare_topology
from support.databases import Databases, connect, fresh_databases
from support.stored_orders import minutes_apart, store

from bench.command import run, say
from bench.figures import Figures, entry
from bench.gateway import SETTINGS, connected
from bench.http_load import HOST
from bench.processes import running_service
from contracts import cache_keys

ORDERS = 60
PROGRESS_SECONDS = 10.0


@dataclass(frozen=True)
class Sizes:
    """Users with a cabinet each, how often each asks, how often each cabinet changes, and for how long."""

    users: int = 40
    pause_seconds: float = 0.25
    change_seconds: float = 60.0
    """Between two changes of a cabinet: Wildberries lets orders be asked for once a minute."""
    revoke_seconds: float = 2.0
    """Between two keys that are ended."""
    seconds: float = 60.0
    gateways: int = 2


@dataclass
class _Shop:
    user: int
    cabinet_id: UUID
    key: str
    order_ids: Sequence[str]
    revision: int = 1
    committed: dict[int, float] = field(default_factory=dict)
    """Revision → when it was committed."""


@dataclass
class _Found:
    requests: int = 0
    hits: int = 0
    first: int = 0
    """Of the requests those that asked for a user's page for the first time, which no cache has."""
    stale_ms: list[float] = field(default_factory=list)
    ended_key_ms: list[float] = field(default_factory=list)
    ended_keys: int = 0
    refused: int = 0


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases, AsyncExitStack() as stack:
        await (await databases.connect("ingestor")).close()
        reporter = await stack.enter_async_context(_opened(await databases.connect("reporter")))
        shops = await _shops(databases, reporter, sizes)
        own = await stack.enter_async_context(_opened(connect(databases.urls["gateway"])))
        cache = Cache(await stack.enter_async_context(connect_redis(os.environ["REDIS_URL"])))
        ports = [free_port() for _ in range(sizes.gateways)]
        env = {**SETTINGS, "DATABASE_URL": databases.urls["gateway"]}
        for port in ports:
            await stack.enter_async_context(running_service("gateway", env, port=port))
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://{HOST}:{port}{PREFIX}", timeout=30))
            for port in ports
        ]
        found = _Found()
        until = time.perf_counter() + sizes.seconds
        async with asyncio.TaskGroup() as group:
            for shop in shops:
                group.create_task(_read(shop, clients, sizes, found, until))
                group.create_task(_change(shop, reporter, cache, sizes, until))
            group.create_task(_end_keys(shops[0], own, cache, clients, sizes, found, until))
            group.create_task(_tell(found, until))
        await _none_is_stale(shops, clients)
    return {
        f"answers while {sizes.users} cabinets changed every {sizes.change_seconds:g} s": entry(
            found.requests, None, "answers", digits=None
        ),
        "… of them from the cache": entry(100 * found.hits / found.requests, None, "%"),
        "… of those whose page was asked for before": entry(
            100 * found.hits / (found.requests - found.first), None, "%"
        ),
        "… stale": entry(len(found.stale_ms), None, "answers", digits=None),
        "… oldest, since the commit that it lacked": entry(max(found.stale_ms, default=0.0), None, "ms"),
        "keys ended meanwhile": entry(found.ended_keys, None, "keys", digits=None),
        "… taken after their end": entry(len(found.ended_key_ms), None, "answers", digits=None),
        "… latest, since the commit of it": entry(max(found.ended_key_ms, default=0.0), None, "ms"),
    }


@asynccontextmanager
async def _opened(database: Database) -> AsyncIterator[Database]:
    try:
        yield database
    finally:
        await database.close()


async def _shops(databases: Databases, reporter: Database, sizes: Sizes) -> list[_Shop]:
    users = range(1001, 1001 + sizes.users)
    shops = []
    for user, (key, cabinet_id) in zip(users, await connected(databases, *users), strict=True):
        orders = minutes_apart(cabinet_id, ORDERS)
        await store(reporter, cabinet_id, orders)
        shops.append(_Shop(user, cabinet_id, key, [str(order.order_id) for order in orders]))
    return shops


async def _read(shop: _Shop, clients: Sequence[httpx.AsyncClient], sizes: Sizes, found: _Found, until: float) -> None:
    chance = random.Random(shop.user)
    pages = ["orders", "orders?limit=20", *(f"orders/{order_id}" for order_id in shop.order_ids[-4:])]
    seen = set[str]()
    while time.perf_counter() < until:
        client, page = chance.choice(clients), chance.choice(pages)
        asked_at = time.perf_counter()
        answer = await client.get(page, headers={"Authorization": f"Bearer {shop.key}"})
        answer.raise_for_status()
        found.requests += 1
        found.first += page not in seen
        seen.add(page)
        found.hits += answer.headers["X-Cache"] == "hit"
        data = answer.json()["data"]
        revision = (data[0] if isinstance(data, list) else data)["revision"]
        replaced_at = shop.committed.get(revision + 1)
        if replaced_at is not None and replaced_at < asked_at:
            found.stale_ms.append((asked_at - replaced_at) * 1000)
        await asyncio.sleep(chance.uniform(0.5, 1.5) * sizes.pause_seconds)


async def _change(shop: _Shop, reporter: Database, cache: Cache, sizes: Sizes, until: float) -> None:
    chance = random.Random(-shop.user)
    await asyncio.sleep(chance.uniform(0, sizes.change_seconds))
    while time.perf_counter() < until:
        async with reporter.transaction() as connection:
            await connection.execute(
                order_facts.update()
                .where(order_facts.c.cabinet_id == shop.cabinet_id)
                .values(revision=order_facts.c.revision + 1)
            )
        shop.revision += 1
        shop.committed[shop.revision] = time.perf_counter()
        tags = [cache_keys.cabinet_orders_tag(shop.cabinet_id)]
        await cache.invalidate([*tags, *(cache_keys.order(UUID(order_id)) for order_id in shop.order_ids)])
        await asyncio.sleep(sizes.change_seconds)


async def _end_keys(
    shop: _Shop,
    own: Database,
    cache: Cache,
    clients: Sequence[httpx.AsyncClient],
    sizes: Sizes,
    found: _Found,
    until: float,
) -> None:
    """A key after another is used by both gateways, ended, and used on for a second."""
    while time.perf_counter() < until:
        async with own.transaction() as connection:
            key_id, key = await keys.create(connection, name="", telegram_id=shop.user, scopes=["read"])
        headers = {"Authorization": f"Bearer {key}"}
        for client in clients:
            (await client.get("orders", headers=headers)).raise_for_status()
        using = asyncio.create_task(_use(clients, headers))
        async with own.transaction() as connection:
            tag = await keys.revoke(connection, key_id)
        ended_at = time.perf_counter()
        if tag is None:
            raise RuntimeError("the key was not there")
        await cache.invalidate([tag])
        found.ended_keys += 1
        for asked_at, status in await using:
            if asked_at > ended_at and status == 200:
                found.ended_key_ms.append((asked_at - ended_at) * 1000)
        await asyncio.sleep(sizes.revoke_seconds)


async def _use(clients: Sequence[httpx.AsyncClient], headers: dict[str, str]) -> list[tuple[float, int]]:
    answers = []
    until = time.perf_counter() + 1
    while time.perf_counter() < until:
        for client in clients:
            asked_at = time.perf_counter()
            answers.append((asked_at, (await client.get("orders", headers=headers)).status_code))
        await asyncio.sleep(0.005)
    return answers


async def _none_is_stale(shops: Sequence[_Shop], clients: Sequence[httpx.AsyncClient]) -> None:
    """After the last change every answer has it."""
    for shop in shops:
        for client in clients:
            answer = await client.get("orders", headers={"Authorization": f"Bearer {shop.key}"})
            if answer.json()["data"][0]["revision"] != shop.revision:
                raise RuntimeError("a stale answer was given after the last change")


async def _tell(found: _Found, until: float) -> None:
    while (left := until - time.perf_counter()) > 0:
        await asyncio.sleep(min(left, PROGRESS_SECONDS))
        say(f"{found.requests} answers, {found.hits} from the cache, {len(found.stale_ms)} stale")


if __name__ == "__main__":
    run(measure, Sizes())
