"""The cache never gives back what was invalidated, whatever the order of things; without Redis it is only slower."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import redis.asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError
from servicekit.auto_pipelining import AutoPipelining, Command
from servicekit.cache import MAX_TAGS, Cache, CacheAway, Load, connect_redis
from servicekit.rate_limits import Quota
from structlog.testing import capture_logs
from support.eventually import eventually

Redis = redis.asyncio.Redis


@pytest.fixture
def cache(redis_client: Redis, redis_prefix: str) -> Cache:
    return Cache(redis_client, prefix=redis_prefix)


class Source:
    """What the cache stands before: a value, how often it was loaded, and a gate to hold a load at."""

    def __init__(self) -> None:
        self.value = 0
        self.loads = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self) -> str:
        self.loads += 1
        value = self.value
        await self.gate.wait()
        return str(value)


async def get(cache: Cache, source: Source, key: str = "k", tags: tuple[str, ...] = ("t",)) -> str:
    return await cache.get(key, tags=tags, ttl_seconds=60, load=source.load)


class TestGet:
    async def test_loads_once_and_then_reads(self, cache: Cache) -> None:
        source = Source()
        assert [await get(cache, source) for _ in range(3)] == ["0"] * 3
        assert source.loads == 1

    async def test_an_entry_without_tags_lives_by_its_ttl(
        self, cache: Cache, redis_client: Redis, redis_prefix: str
    ) -> None:
        source = Source()
        await get(cache, source, tags=())
        await get(cache, source, tags=())
        assert source.loads == 1
        assert 0 < await redis_client.ttl(f"{redis_prefix}k") <= 60

    async def test_a_tag_that_redis_cannot_keep_makes_no_entry_that_counts(
        self, cache: Cache, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = redis_client.mget

        async def full(*names: str) -> list[str | bytes | None]:
            return [
                value if name.endswith("k") else None for name, value in zip(names, await read(*names), strict=True)
            ]

        monkeypatch.setattr(redis_client, "mget", full)
        source = Source()
        assert await get(cache, source) == "0"
        source.value = 1
        assert await get(cache, source) == "1"

    async def test_callers_at_the_same_time_share_one_load(self, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
        source = Source()
        source.gate.clear()
        missed: list[str] = []
        load_once = cache._load_once

        async def noted(flight: str, load: Load) -> str:
            missed.append(flight)
            return await load_once(flight, load)

        monkeypatch.setattr(cache, "_load_once", noted)
        callers = [asyncio.create_task(get(cache, source)) for _ in range(20)]
        await eventually(lambda: len(missed) == 20)
        source.gate.set()
        assert await asyncio.gather(*callers) == ["0"] * 20
        assert source.loads == 1

    async def test_one_that_gives_up_takes_nothing_from_the_others(self, cache: Cache) -> None:
        source = Source()
        source.gate.clear()
        first, second = (asyncio.create_task(get(cache, source)) for _ in range(2))
        await eventually(lambda: source.loads == 1)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        source.gate.set()
        assert await second == "0"

    async def test_a_failing_load_fails_its_callers_and_is_not_remembered(self, cache: Cache) -> None:
        source = Source()
        gate = asyncio.Event()

        async def fail() -> str:
            await gate.wait()
            raise ValueError("no database")

        callers = [asyncio.create_task(cache.get("k", tags=["t"], ttl_seconds=60, load=fail)) for _ in range(3)]
        callers[0].cancel()
        gate.set()
        results = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(result) for result in results] == [asyncio.CancelledError, ValueError, ValueError]
        assert await get(cache, source) == "0"

    async def test_a_load_that_everyone_left_may_fail_unheard(self, cache: Cache) -> None:
        gate, failed = asyncio.Event(), asyncio.Event()

        async def fail() -> str:
            await gate.wait()
            failed.set()
            raise ValueError

        caller = asyncio.create_task(cache.get("k", tags=[], ttl_seconds=60, load=fail))
        await eventually(lambda: bool(cache._loading))
        caller.cancel()
        gate.set()
        await failed.wait()
        await eventually(lambda: not cache._loading)

    async def test_a_load_may_itself_be_cancelled(self, cache: Cache) -> None:
        async def cancelled() -> str:
            raise asyncio.CancelledError

        caller = asyncio.create_task(cache.get("k", tags=[], ttl_seconds=60, load=cancelled))
        await asyncio.gather(caller, return_exceptions=True)
        assert caller.cancelled()

    @pytest.mark.parametrize("damaged", ["", "not json", "5", "[1]", '{"a": 1, "b": 2, "c": 3}', "null"])
    async def test_an_entry_that_is_none_of_ours_is_loaded_over(
        self, cache: Cache, redis_client: Redis, redis_prefix: str, damaged: str
    ) -> None:
        source = Source()
        await redis_client.set(f"{redis_prefix}k", damaged)
        assert [await get(cache, source) for _ in range(2)] == ["0", "0"]
        assert source.loads == 1


class TestInvalidate:
    async def test_kills_what_was_made_from_the_tag_and_nothing_else(self, cache: Cache) -> None:
        one, other = Source(), Source()
        for key, tags, source in (("a", ("t", "u"), one), ("b", ("u",), other)):
            await get(cache, source, key, tags)
        assert await cache.invalidate(["t"])
        one.value = other.value = 1
        assert await get(cache, one, "a", ("t", "u")) == "1"
        assert await get(cache, other, "b", ("u",)) == "0"

    async def test_a_reader_that_loaded_before_it_cannot_put_the_old_value_back(self, cache: Cache) -> None:
        source = Source()
        source.gate.clear()
        early = asyncio.create_task(get(cache, source))
        await eventually(lambda: source.loads == 1)
        source.value = 1
        await cache.invalidate(["t"])
        late = asyncio.create_task(get(cache, source))
        await eventually(lambda: source.loads == 2)
        source.gate.set()
        assert (await early, await late) == ("0", "1")
        assert await get(cache, source) == "1"

    async def test_no_tags_is_nothing_to_do(self, cache: Cache) -> None:
        assert await cache.invalidate([])

    async def test_an_evicted_tag_kills_too(self, cache: Cache, redis_client: Redis, redis_prefix: str) -> None:
        source = Source()
        await get(cache, source)
        source.value = 1
        await redis_client.delete(f"{redis_prefix}tag:t")
        assert await get(cache, source) == "1"


class TestLook:
    async def test_finds_what_is_kept_while_its_tags_are_the_same(self, cache: Cache) -> None:
        assert (await cache.look("k", ["t"])).body is None
        versions = await cache.versions(["t", "u"])
        assert await cache.keep("k", b"line\none", versions=versions, ttl_seconds=60)
        found = await cache.look("k", ["u", "other"])
        assert (found.body, found.versions) == (b"line\none", [versions["u"], None])
        assert await cache.versions(["u", "t"]) == versions
        await cache.invalidate(["t"])
        found = await cache.look("k", ["t", "u"])
        assert (found.body, found.versions) == (None, [None, versions["u"]])
        assert (await cache.versions(["t"]))["t"] != versions["t"]
        assert (await cache.look("k")).body is None

    async def test_what_was_read_before_an_invalidation_is_not_found_however_late_it_is_kept(
        self, cache: Cache
    ) -> None:
        early = await cache.versions(["t"])
        await cache.invalidate(["t"])
        late = await cache.versions(["t"])
        await cache.keep("k", b"new", versions=late, ttl_seconds=60)
        await cache.keep("k", b"old", versions=early, ttl_seconds=60)
        assert (await cache.look("k")).body is None

    async def test_a_line_of_many_tags_is_read_whole(self, cache: Cache) -> None:
        tags = [f"tag-{number}" for number in range(100)]
        await cache.keep("k", b"many", versions=await cache.versions(tags), ttl_seconds=60)
        assert (await cache.look("k")).body == b"many"
        await cache.invalidate([tags[-1]])
        assert (await cache.look("k")).body is None

    async def test_an_entry_that_is_replaced_within_a_look_is_not_taken_for_the_one_that_counts(
        self, cache: Cache, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await cache.keep("k", b"old", versions=await cache.versions(["t"]), ttl_seconds=60)
        execute = AutoPipelining.execute

        async def with_others_between(self: AutoPipelining, *commands: Command) -> list[object]:
            if len(commands) == 1:
                return await execute(self, *commands)
            first = await execute(self, commands[0])
            await cache.invalidate(["t"])
            await cache.keep("k", b"new", versions=await cache.versions(["t"]), ttl_seconds=60)
            return first + await execute(self, commands[1])

        with monkeypatch.context() as patched:
            patched.setattr(AutoPipelining, "execute", with_others_between)
            assert (await cache.look("k")).body is None
        assert (await cache.look("k")).body == b"new"

    async def test_lives_by_its_ttl(self, cache: Cache, redis_client: Redis, redis_prefix: str) -> None:
        await cache.keep("k", b"", versions=await cache.versions(["t"]), ttl_seconds=60)
        assert (await cache.look("k")).body == b""
        assert 0 < await redis_client.ttl(f"{redis_prefix}k") <= 60

    async def test_what_is_foreseen_has_a_version_where_nothing_is_kept(self, cache: Cache) -> None:
        quota = Quota("looks", 60)
        found = await cache.look("k", ["other"], [quota], foreseen=["t", "u"])
        assert (found.body, found.versions, len(found.used)) == (None, [None], 1)
        assert found.foreseen == await cache.versions(["t", "u"])
        assert (await cache.look("k", foreseen=["t"])).foreseen == {"t": found.foreseen["t"]}
        await cache.keep("k", b"one", versions=found.foreseen, ttl_seconds=60)
        hit = await cache.look("k", ["u"], [quota], foreseen=["t", "never asked for"])
        assert (hit.body, hit.versions, hit.foreseen) == (b"one", [found.foreseen["u"]], {"t": found.foreseen["t"]})

    async def test_what_was_foreseen_before_an_invalidation_keeps_nothing_after_it(self, cache: Cache) -> None:
        early = (await cache.look("k", foreseen=["t"])).foreseen
        await cache.invalidate(["t"])
        late = (await cache.look("k", foreseen=["t"])).foreseen
        await cache.keep("k", b"old", versions=early, ttl_seconds=60)
        assert (await cache.look("k")).body is None
        await cache.keep("k", b"new", versions=late, ttl_seconds=60)
        assert (await cache.look("k")).body == b"new"

    @pytest.mark.parametrize("damaged", ["", "not ours", "not\nours", "=\n", "t=1\n"])
    async def test_an_entry_that_is_none_of_ours_is_not_found(
        self, cache: Cache, redis_client: Redis, redis_prefix: str, damaged: str
    ) -> None:
        await redis_client.set(f"{redis_prefix}k", damaged)
        assert (await cache.look("k")).body is None

    async def test_nothing_is_kept_that_nothing_or_too_much_can_make_stale(self, cache: Cache) -> None:
        assert await cache.versions([]) == {}
        for tags in ([], [f"t{n}" for n in range(MAX_TAGS + 1)]):
            assert not await cache.keep("k", b"", versions=dict.fromkeys(tags, "1"), ttl_seconds=60)

    async def test_a_redis_that_forgot_its_scripts_is_told_them_again(self, cache: Cache, redis_client: Redis) -> None:
        versions = await cache.versions(["t"])
        await redis_client.script_flush()
        assert await cache.versions(["t"]) == versions
        await redis_client.script_flush()
        assert (await cache.look("k", ["t"])).versions == [versions["t"]]


STEPS = st.lists(st.sampled_from(["read", "finish", "write", "evict_tag", "evict_entry"]), max_size=25)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, number=st.integers(min_value=0, max_value=2**60))
async def test_no_order_of_things_shows_a_reader_what_was_replaced_before_it_came(
    redis_client: Redis, redis_prefix: str, steps: list[str], number: int
) -> None:
    # Two caches: single-flight is per process, and what matters is what Redis remembers between processes.
    prefix = f"{redis_prefix}{number}:{time.monotonic_ns()}:"
    caches = [Cache(redis_client, prefix=prefix) for _ in range(2)]
    version = 0
    held: list[tuple[int, asyncio.Event, asyncio.Task[str]]] = []

    async def read(turn: int) -> None:
        gate, loading = asyncio.Event(), asyncio.Event()

        async def load() -> str:
            value = version
            loading.set()
            await gate.wait()
            return str(value)

        task = asyncio.create_task(caches[turn % 2].get("k", tags=["t", "u"], ttl_seconds=60, load=load))
        held.append((version, gate, task))
        waiting = asyncio.create_task(loading.wait())
        # A reader that joined another's load starts none of its own: a moment is enough to be under way.
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=0.02)
        waiting.cancel()

    async def finish() -> None:
        _, gate, _ = held[0]
        gate.set()
        await asyncio.sleep(0)
        for entry in [entry for entry in held if entry[2].done()]:
            held.remove(entry)
            assert int(entry[2].result()) >= entry[0]

    for turn, step in enumerate(steps):
        if step == "read":
            await read(turn)
        elif step == "finish" and held:
            await finish()
        elif step == "write":
            version += 1
            assert await caches[turn % 2].invalidate(["t"] if turn % 3 else ["u", "t"])
        elif step == "evict_tag":
            await redis_client.delete(f"{prefix}tag:u")
        elif step == "evict_entry":
            await redis_client.delete(f"{prefix}k")
    for _, gate, _ in held:
        gate.set()
    for came_at, _, task in held:
        assert int(await task) >= came_at


class TestWithoutRedis:
    @pytest.fixture
    async def dead(self) -> AsyncIterator[Cache]:
        client = connect_redis("redis://127.0.0.1:1/0")
        yield Cache(client)
        await client.aclose()

    async def test_every_answer_is_loaded(self, dead: Cache) -> None:
        source = Source()
        with capture_logs() as logs:
            assert await get(dead, source) == "0"
            source.value = 1
            assert await get(dead, source) == "1"
        assert {entry["event"] for entry in logs} == {"cache.unavailable"}

    async def test_nothing_is_found_or_kept_and_that_is_said(self, dead: Cache) -> None:
        with pytest.raises(CacheAway):
            await dead.look("k", ["t"])
        with pytest.raises(CacheAway):
            await dead.versions(["t"])
        assert not await dead.keep("k", b"", versions={"t": "1"}, ttl_seconds=60)

    async def test_that_nothing_was_invalidated_is_said(self, dead: Cache) -> None:
        with capture_logs() as logs:
            assert not await dead.invalidate(["t"])
        assert [entry["event"] for entry in logs] == ["cache.invalidation_failed"]

    async def test_one_that_hangs_costs_half_a_second(self) -> None:
        server = await asyncio.start_server(_swallow, "127.0.0.1", 0)
        client = connect_redis(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
        source = Source()
        began = time.monotonic()
        assert await get(Cache(client), source) == "0"
        waited = time.monotonic() - began
        await client.aclose()
        server.close()
        assert 0.4 < waited < 3

    async def test_one_that_dies_during_the_load_costs_nothing_but_the_entry(
        self, cache: Cache, redis_client: Redis, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: object, **__: object) -> None:
            raise RedisConnectionError("gone")

        source = Source()
        monkeypatch.setattr(redis_client, "set", broken)
        assert await get(cache, source) == "0"


async def _swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()
