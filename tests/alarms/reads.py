"""Reads, broken on purpose: slow, too many at once, not cached, and from a replica that is behind."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import asyncpg
import httpx
import redis
from demo.installation import Installation, NotReady, authorized
from local.platform import load
from local.ports import HOST
from support.replica import replica_of

from alarms.beside import beside, repeated
from alarms.database import ask, locked
from alarms.restarts import restarted
from alarms.trial import Trial

KEYS = "gateway.api_keys"
"""What a request whose key was not seen lately waits for."""
CROWD, SOME = 320, 40
"""Programs that ask at the same time."""
PER_ADDRESS = 110
"""The gateway takes a quarter of its connections from an address."""
REPLICA = "DATABASE_REPLICA_URL"
AGAIN_SECONDS = 1.0
KEPT = [f"/api/v1/reviews?limit={limit}" for limit in range(50, 100)]
"""Questions whose answers are kept."""
ASKED_SECONDS = 0.15
"""Between questions: a key may ask ten times a second."""


@contextmanager
def crowded(programs: int, pulse: Installation) -> Iterator[None]:
    """So many programs read orders, each again a second after its answer, and somebody's transaction holds the keys."""
    keys = [authorized(pulse.platform) for _ in range(0, programs, PER_ADDRESS)]
    is_over = threading.Event()

    async def program(client: httpx.AsyncClient) -> None:
        while True:
            with suppress(httpx.HTTPError):  # that is what is tried
                await client.get("/api/v1/orders", timeout=60)
            await asyncio.sleep(AGAIN_SECONDS)

    async def all_programs() -> None:
        async with AsyncExitStack() as stack:
            clients = [
                await stack.enter_async_context(
                    httpx.AsyncClient(
                        base_url=pulse.platform.url("gateway"),
                        headers=key,
                        transport=httpx.AsyncHTTPTransport(
                            local_address=f"127.0.0.{number}", limits=httpx.Limits(max_connections=PER_ADDRESS)
                        ),
                    )
                )
                for number, key in enumerate(keys, 2)
            ]
            running = [asyncio.create_task(program(clients[at % len(clients)])) for at in range(programs)]
            await asyncio.to_thread(is_over.wait)
            for each in running:
                each.cancel()
            await asyncio.wait(running)

    with locked(KEYS, pulse), beside(lambda: asyncio.run(all_programs()), is_over):
        yield


@contextmanager
def asking_something_else(pulse: Installation) -> Iterator[None]:
    """Somebody never asks the same twice."""
    words = count()
    with _asking(pulse, lambda: f"/api/v1/reviews?text=word{next(words)}"):
        yield


@contextmanager
def squeezed(pulse: Installation) -> Iterator[None]:
    """Redis has memory for a third of the answers that are asked for again and again."""
    cache = redis.Redis.from_url(pulse.platform.environments["gateway"]["REDIS_URL"])
    most = cache.info("memory")["maxmemory"]
    paths = cycle(KEPT)
    empty = cache.info("memory")["used_memory"]
    with _asking(pulse, lambda: next(paths)):
        time.sleep(len(KEPT) * ASKED_SECONDS * 2)
        full = cache.info("memory")["used_memory"]
        cache.config_set("maxmemory", empty + (full - empty) // 3)
        try:
            yield
        finally:
            cache.config_set("maxmemory", most)


@contextmanager
def _asking(pulse: Installation, path: Callable[[], str]) -> Iterator[None]:
    with (
        httpx.Client(base_url=pulse.platform.url("gateway"), headers=authorized(pulse.platform)) as client,
        repeated(lambda: client.get(path()), ASKED_SECONDS),
    ):
        yield


@contextmanager
def with_replica(pulse: Installation) -> Iterator[None]:
    """The gateway reads from a replica."""
    found: list[str] = []
    is_ready, is_over = threading.Event(), threading.Event()

    async def replicate(folder: Path) -> None:
        try:
            async with replica_of(pulse.admin_database_url, folder) as replica:
                found.append(replica.url(pulse.platform.environments["gateway"]["DATABASE_URL"]))
                is_ready.set()
                await asyncio.to_thread(is_over.wait)
        finally:
            is_ready.set()

    with TemporaryDirectory() as folder, beside(lambda: asyncio.run(replicate(Path(folder))), is_over):
        is_ready.wait()
        with restarted("gateway", {REPLICA: found[0]}, {REPLICA: ""}, pulse):
            yield


@contextmanager
def behind(pulse: Installation) -> Iterator[None]:
    """The replica receives what is written, and does not replay it."""
    told = load(pulse.platform.instance)
    if told is None:
        raise NotReady("nobody was told of a replica")
    port = urlsplit(told.environments["gateway"][REPLICA]).port
    mine = urlsplit(pulse.admin_database_url)
    url = mine._replace(netloc=f"{mine.username}:{mine.password}@{HOST}:{port}").geturl()
    ask(url, "SELECT pg_wal_replay_pause()")
    try:
        yield
    finally:
        # What is replayed then may end who asked for it.
        with suppress(asyncpg.SerializationError):
            ask(url, "SELECT pg_wal_replay_resume()")


TRIALS_OF_READS = (
    Trial("reads wait for a lock", frozenset({"ApiIsSlow", "PoolIsUsedUp"}), partial(crowded, SOME)),
    Trial("a crowd", frozenset({"GatewayIsCrowded"}), partial(crowded, CROWD)),
    Trial("nobody asks the same twice", frozenset({"CacheMisses"}), asking_something_else),
    Trial("Redis without memory", frozenset({"CacheIsTooSmall"}), squeezed),
    Trial("a replica that is behind", frozenset({"ReplicaIsLeftOut"}), behind, around=with_replica),
)
