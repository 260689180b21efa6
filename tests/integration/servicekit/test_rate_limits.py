"""Rate limits: the same whether all processes count in Redis or one by itself."""

from collections.abc import Awaitable, Callable, Sequence

import pytest
import redis.asyncio
from servicekit import rate_limits
from servicekit.cache import Cache
from servicekit.rate_limits import WINDOW, LocalCounts, Quota, Used
from support.eventually import eventually

Redis = redis.asyncio.Redis
Count = Callable[[Sequence[Quota]], Awaitable[Sequence[Used]]]


@pytest.fixture
def cache(redis_client: Redis, redis_prefix: str) -> Cache:
    return Cache(redis_client, prefix=redis_prefix)


@pytest.fixture(params=["redis", "local"])
def count(request: pytest.FixtureRequest, cache: Cache) -> Count:
    """Counts one request in quotas."""
    local = LocalCounts()

    async def in_redis(quotas: Sequence[Quota]) -> Sequence[Used]:
        return (await cache.look("", (), quotas)).used

    async def here(quotas: Sequence[Quota]) -> Sequence[Used]:
        return local.count(quotas)

    return in_redis if request.param == "redis" else here


async def test_a_quota_may_be_used_at_once_and_then_no_more(count: Count) -> None:
    quota = Quota("few", 3)
    used = [(await count([quota]))[0] for _ in range(5)]
    assert [each.left_of(quota) for each in used] == [2, 1, 0, 0, 0]
    assert [each.wait > 0 for each in used] == [False] * 3 + [True] * 2
    assert all(0 < each.wait <= WINDOW // 3 and 0 < each.next_seconds(quota) <= 20 for each in used[3:])


async def test_it_comes_back_by_itself(count: Count) -> None:
    quota = Quota("quick", 600)

    async def is_granted() -> bool:
        return not (await count([quota]))[0].wait

    while await is_granted():  # faster than it comes back, or nothing is limited
        pass
    await eventually(is_granted)


async def test_of_several_either_each_is_counted_or_none(count: Count) -> None:
    one, many = Quota("one", 1), Quota("many", 5)
    assert [used.left_of(quota) for quota, used in zip((one, many), await count([one, many]), strict=True)] == [0, 4]
    assert [bool(used.wait) for used in await count([many, one])] == [False, True]
    assert [used.left_of(many) for used in await count([many])] == [3]


async def test_what_is_only_looked_at_is_not_counted_and_refuses(count: Count) -> None:
    quota, other = Quota("seen", 1), Quota("other", 5)
    looked_at = quota._replace(is_counted=False)
    assert not any(used.wait for used in await count([looked_at, other]))
    assert not (await count([quota]))[0].wait
    assert [bool(used.wait) for used in await count([looked_at, other])] == [True, False]
    assert (await count([other]))[0].left_of(other) == 3


class TestRedis:
    async def test_what_is_looked_up_beside_it_is_found_only_if_there_is_room(self, cache: Cache) -> None:
        quota, versions = Quota("one", 1), await cache.versions(["t", "u"])
        await cache.keep("k", b"body", versions={"t": versions["t"]}, ttl_seconds=60)
        for body in (b"body", None):
            look = await cache.look("k", ["u"], [quota, Quota("more", 9)])
            assert (look.body, look.versions, len(look.used)) == (body, [versions["u"]], 2)

    async def test_counts_are_forgotten_when_nothing_is_used_any_more(
        self, cache: Cache, redis_client: Redis, redis_prefix: str
    ) -> None:
        await cache.look("", (), [Quota("brief", 60)])
        assert 0 < await redis_client.pttl(f"{redis_prefix}brief") <= 1000
        await eventually(lambda: _is_gone(redis_client, f"{redis_prefix}brief"))

    @pytest.mark.parametrize("stored", ["9" * 16, "1e999", "-5", "nonsense", ""])
    async def test_a_clock_set_back_or_nonsense_shuts_nobody_out_for_long(
        self, cache: Cache, redis_client: Redis, redis_prefix: str, stored: str
    ) -> None:
        quota = Quota("odd", 6)
        await redis_client.set(f"{redis_prefix}odd", stored)
        [used] = (await cache.look("", (), [quota])).used
        assert used.wait <= WINDOW // 6
        assert used.until_whole <= WINDOW


async def _is_gone(client: Redis, key: str) -> bool:
    return not await client.exists(key)


def test_what_a_process_counts_by_itself_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "MOST", 2)
    counts = LocalCounts()
    for name in "abc":
        counts.count([Quota(name, 1)])
    assert [bool(counts.count([Quota(name, 1)])[0].wait) for name in "cba"] == [True, True, False]
