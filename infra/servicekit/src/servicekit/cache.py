"""Cache-aside in Redis with versioned tags.

An entry remembers the versions its tags had before its value was loaded, and counts only while they are
the current ones. Invalidation deletes a tag, and whoever reads it next gives it a new random version, so a reader
that loaded before cannot put the old value back: what it stores carries the old version. The same goes for a tag
that Redis evicted. A dead Redis costs speed, never an answer.

`Cache.get` is for text that one function loads. Who learns only while making an answer what it is made from reads
`versions` of each tag before what it tells of, and hands them to `keep`; `look` finds what was kept, in one round trip,
and counts in the same one what was used of rate limits.
"""

import asyncio
import json
import random
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1
from typing import Any

import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from servicekit.auto_pipelining import AutoPipelining, Command
from servicekit.cache_scripts import LOOK, VERSIONS
from servicekit.rate_limits import Quota, Used

log = structlog.get_logger()

TAG_TTL_SECONDS = 24 * 60 * 60
"""Longer than any entry lives: an entry must not outlive the tag that can kill it."""

Load = Callable[[], Awaitable[str]]


class CacheAway(Exception):
    """Redis could not be asked."""


@dataclass(frozen=True)
class Look:
    """What the cache says at one moment."""

    body: bytes | None
    """What was kept under the key, if all of its tags have still the versions it was made from."""
    versions: Sequence[str | None]
    """Of the tags that were asked about, in their order; none: what is remembered of that tag counts no more."""
    foreseen: Mapping[str, str]
    """Where there is no body: as `versions` gives them, of the tags that were foreseen."""
    used: Sequence[Used] = ()
    """What came of the quotas, in their order; if one of them has no room, none was counted and there is no body."""


_DIGESTS = {script: sha1(script.encode(), usedforsecurity=False).hexdigest() for script in (LOOK, VERSIONS)}

MAX_TAGS = 1000
"""Of an entry: a script takes no more at once by far, and what is made from so much is seldom current."""


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
        self._commands = AutoPipelining(client)
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

    async def look(
        self, key: str, tags: Sequence[str] = (), quotas: Sequence[Quota] = (), *, foreseen: Sequence[str] = ()
    ) -> Look:
        """What is kept under `key` and the versions that `tags` have at the same moment, counted in `quotas`.

        One round trip. An empty key has nothing. Where nothing is kept, it is likely to be made from what `foreseen`
        tags tell of: they have versions from now on.

        Raises:
            CacheAway: Redis did not answer.
        """
        keys = [
            self._name(key),
            *map(self._tag, tags),
            *map(self._tag, foreseen),
            *[self._name(quota.name) for quota in quotas],
        ]
        of_quotas = [len(quotas), *[quota.argument for quota in quotas]]
        of_foreseen = [len(foreseen), TAG_TTL_SECONDS, _new_version()] if foreseen else [0]
        reading: list[Command] = [("GET", self._name(key))] if key else []
        *read, (line, *found) = await self._run(LOOK, keys, [self._tag(""), *of_quotas, *of_foreseen], beside=reading)
        counts = len(tags) + len(foreseen)
        versions = [None if version is None else version.decode() for version in found[:counts]]
        return Look(
            _body(read[0], line) if read else None,
            versions[: len(tags)],
            {tag: version for tag, version in zip(foreseen, versions[len(tags) :], strict=True) if version},
            [Used(*found[i : i + 2]) for i in range(counts, len(found), 2)],
        )

    async def versions(self, tags: Sequence[str]) -> Mapping[str, str]:
        """The versions of `tags`, of which each has one from now on; read them before what the tags tell of.

        Raises:
            CacheAway: Redis did not answer.
        """
        if not tags:
            return {}
        fresh = [_new_version() for _ in tags]
        [versions] = await self._run(VERSIONS, list(map(self._tag, tags)), [TAG_TTL_SECONDS, *fresh])
        return {tag: version.decode() for tag, version in zip(tags, versions, strict=True)}

    async def keep(self, key: str, body: bytes, *, versions: Mapping[str, str], ttl_seconds: int) -> bool:
        """Let `look` find `body` for `ttl_seconds` while the tags have these versions; False if it is not kept."""
        if not 0 < len(versions) <= MAX_TAGS:
            return False
        line = " ".join(f"{tag}={version}" for tag, version in versions.items())
        try:
            await self._redis.set(self._name(key), b"%s\n%s" % (line.encode(), body), ex=ttl_seconds)
        except (RedisError, OSError) as error:
            log.warning("cache.unavailable", error=type(error).__name__)
            return False
        return True

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

    def deferring(self) -> "DeferringCache":
        """The same cache for who has not committed yet what he changes."""
        return DeferringCache(self._redis, prefix=self._prefix)

    async def _run(
        self, script: str, keys: Sequence[str], arguments: Sequence[str | int], *, beside: Sequence[Command] = ()
    ) -> list[Any]:
        """What the commands `beside` it give, and then the script."""
        given = (len(keys), *keys, *arguments)
        try:
            try:
                return await self._commands.execute(*beside, ("EVALSHA", _DIGESTS[script], *given))
            except NoScriptError:  # a Redis that was started since
                return await self._commands.execute(*beside, ("EVAL", script, *given))
        except (RedisError, OSError) as error:
            log.warning("cache.unavailable", error=f"{type(error).__name__}: {error}"[:300])
            raise CacheAway from error

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


class DeferringCache(Cache):
    """Notes what is to be invalidated, until the transaction that it is about has been committed."""

    def __init__(self, client: redis.asyncio.Redis, *, prefix: str = "") -> None:
        super().__init__(client, prefix=prefix)
        self._noted: list[str] = []

    async def invalidate(self, tags: Sequence[str]) -> bool:
        self._noted += tags
        return True

    async def committed(self) -> bool:
        """Invalidate what was noted; False if Redis could not be told."""
        noted, self._noted = self._noted, []
        return await super().invalidate(noted)


def _body(entry: bytes | None, line: bytes | None) -> bytes | None:
    """The body of an entry, if it is the one whose line counts, or was made from the same."""
    if entry is None or line is None:
        return None
    own, _, body = entry.partition(b"\n")
    return body if own == line else None


def _new_version() -> str:
    # It is no secret, it is only to be no other's: asking the system for bytes takes as long as a part of a look.
    return f"{random.getrandbits(128):x}"


def _value(entry: str | bytes | None, versions: list[str]) -> str | None:
    try:
        stored, value = json.loads(entry) if entry else (None, None)
    except (ValueError, TypeError):
        return None  # not written by us
    return value if stored == versions and isinstance(value, str) else None
