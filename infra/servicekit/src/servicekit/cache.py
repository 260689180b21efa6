"""Cache-aside in Redis with versioned tags.

An entry remembers the versions its tags had before its value was loaded, and counts only while they are
the current ones. Invalidation deletes a tag, and whoever reads it next gives it a new random version, so a reader
that loaded before cannot put the old value back: what it stores carries the old version. The same goes for a tag
that Redis evicted. A dead Redis costs speed, never an answer.
"""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Sequence

import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = structlog.get_logger()

TAG_TTL_SECONDS = 24 * 60 * 60
"""Longer than any entry lives: an entry must not outlive the tag that can kill it."""

Load = Callable[[], Awaitable[str]]


def connect_redis(url: str) -> redis.asyncio.Redis:
    """A client that gives up after half a second: a cache is no reason to wait."""
    return redis.asyncio.from_url(
        url,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        decode_responses=True,
        retry=Retry(NoBackoff(), retries=0),  # the default waits through three retries
    )


class Cache:
    """Reads through Redis; see the module for what it promises."""

    def __init__(self, client: redis.asyncio.Redis, *, prefix: str = "") -> None:
        self._redis = client
        self._prefix = prefix
        self._loading: dict[str, asyncio.Task[str]] = {}

    async def get(self, key: str, *, tags: Sequence[str], ttl_seconds: int, load: Load) -> str:
        """The cached text under `key`, or what `load` gives, then cached for `ttl_seconds`.

        Callers in this process that miss the same key at the same time share one load.
        """
        try:
            versions, value = await self._read(key, tags)
        except (RedisError, OSError) as error:
            log.warning("cache.unavailable", error=type(error).__name__)
            return await self._load_once(key, load)
        if value is not None:
            return value
        value = await self._load_once(f"{key}@{','.join(versions)}", load)
        try:
            await self._redis.set(self._name(key), json.dumps([versions, value]), ex=ttl_seconds)
        except (RedisError, OSError) as error:
            log.warning("cache.unavailable", error=type(error).__name__)
        return value

    async def invalidate(self, tags: Sequence[str]) -> bool:
        """Kill every entry made from one of `tags`, in one command; False if Redis could not be told."""
        if not tags:
            return True
        try:
            # Whoever reads an absent tag gives it a new random version; one command, however many tags there are.
            await self._redis.unlink(*map(self._tag, tags))
        except (RedisError, OSError) as error:
            log.warning("cache.invalidation_failed", tags=len(tags), error=type(error).__name__)
            return False
        return True

    async def _read(self, key: str, tags: Sequence[str]) -> tuple[list[str], str | None]:
        names = [self._tag(tag) for tag in tags]
        entry, *versions = await self._redis.mget(self._name(key), *names)
        missing = [name for name, version in zip(names, versions, strict=True) if version is None]
        if missing:
            pipeline = self._redis.pipeline(transaction=False)
            for name in missing:
                pipeline.set(name, uuid.uuid4().hex, ex=TAG_TTL_SECONDS, nx=True)
            await pipeline.execute()
            versions = await self._redis.mget(*names)
        # Evicted again already: a version that nobody shares, so that what is loaded now never counts as current.
        current = [str(version or uuid.uuid4().hex) for version in versions]
        return current, _value(entry, current)

    async def _load_once(self, flight: str, load: Load) -> str:
        task = self._loading.get(flight)
        if task is None:
            task = asyncio.ensure_future(load())
            self._loading[flight] = task
            task.add_done_callback(lambda done: self._landed(flight, done))
        # One caller that gives up must not take the value from the others.
        return await asyncio.shield(task)

    def _landed(self, flight: str, task: asyncio.Task[str]) -> None:
        del self._loading[flight]
        if not task.cancelled():
            task.exception()  # every caller may have given up; a failure nobody awaits would be warned about

    def _name(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def _tag(self, tag: str) -> str:
        return f"{self._prefix}tag:{tag}"


def _value(entry: str | bytes | None, versions: list[str]) -> str | None:
    try:
        stored, value = json.loads(entry) if entry else (None, None)
    except (ValueError, TypeError):
        return None  # not written by us
    return value if stored == versions and isinstance(value, str) else None
