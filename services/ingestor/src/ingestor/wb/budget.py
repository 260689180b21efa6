"""How often WB may be called: a bucket per seller and method, and a gate per seller over all methods.

Every ingestor shares the buckets through Redis. A bucket is one number, the time until it is full again
(the generic cell rate algorithm): each call moves it one interval ahead, and a call may go while it is
less than `burst` intervals ahead. Each process keeps what it knows itself as well: it goes on by that when
Redis is down, or where there is none, and tells it to a Redis that forgot.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import redis.asyncio
import structlog
from contracts.wb_token import TokenKind
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from ingestor.wb.errors import MustWait
from ingestor.wb.methods import GATE, Method

log = structlog.get_logger()

REDIS_TIMEOUT_SECONDS = 0.5
GATE_RESERVE = 10
"""Calls of the gate that a first load leaves to live work."""
_FORGET_ABOVE = 10_000
_MICRO = 1_000_000

# Times are microseconds ahead of now, so that the clocks of Redis and of the processes need not agree.
_NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local function ahead(i, known) return math.max((tonumber(redis.call('GET', KEYS[i])) or 0) - now, known) end
local function put(i, value)
  redis.call('SET', KEYS[i], string.format('%.0f', now + value), 'PX', math.ceil(value / 1000) + 1000)
end
"""
_TAKE = (
    _NOW
    + """
local wait, aheads = 0, {}
for i = 1, #KEYS do
  local known, interval, burst = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  aheads[i] = ahead(i, known)
  wait = math.max(wait, aheads[i] - (burst - 1) * interval)
end
if wait <= 0 then
  for i = 1, #KEYS do put(i, aheads[i] + tonumber(ARGV[3 * i - 1])) end
end
return {wait, unpack(aheads)}
"""
)
_RAISE = (
    _NOW
    + """
for i = 1, #KEYS do
  local value = ahead(i, tonumber(ARGV[i]))
  if value > 0 then put(i, value) end
end
"""
)


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket as a call sees it."""

    key: str
    interval: int
    burst: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to call once. `full_at` is when each bucket would have been full without this call."""

    method: Bucket
    gate: Bucket
    full_at: tuple[int, int]
    waited_seconds: float


class Budget:
    """Takes calls from the buckets and corrects them by what WB answers.

    `rate` multiplies every limit. Keys are grouped by seller, so that a Redis cluster keeps them together. Without a
    client the buckets are this process's own.
    """

    def __init__(self, client: redis.asyncio.Redis | None, *, prefix: str = "", rate: float = 1) -> None:
        self._take_script = client.register_script(_TAKE) if client else None
        self._raise_script = client.register_script(_RAISE) if client else None
        self._prefix = prefix
        self._rate = rate
        self._full_at: dict[str, int] = {}
        self._redis_is_up = True

    def interval_seconds(self, method: Method, kind: TokenKind) -> float:
        """The time in which WB gives back one call of the method."""
        return method.limit(kind).interval_seconds / self._rate

    async def take(
        self, seller_id: UUID, method: Method, kind: TokenKind, *, backfill: bool, patience_seconds: float
    ) -> Ticket:
        """Leave to call now, after waiting `patience_seconds` at most.

        Raises:
            MustWait: it would take longer; no call was taken.
        """
        limit = method.limit(kind)
        own = self._bucket(seller_id, method.bucket, limit.interval_seconds, limit.burst)
        gate = self._bucket(seller_id, "*", GATE.interval_seconds, GATE.burst - GATE_RESERVE * backfill)
        waited = 0.0
        while True:
            wait_seconds, full_at = await self._try(own, gate)
            if wait_seconds == 0:
                return Ticket(own, gate, full_at, waited)
            if waited + wait_seconds > patience_seconds:
                raise MustWait(f"no call of {method.name} is left for {wait_seconds:.1f} s", wait_seconds)
            await asyncio.sleep(wait_seconds)
            waited += wait_seconds

    async def settle(
        self, ticket: Ticket, *, calls: int = 1, blocked_seconds: float = 0, gate_blocked_seconds: float = 0
    ) -> None:
        """Book an answered call as WB did: at its arrival, so after it was sent and before now.

        `calls` is what the answer cost; the method (or all of the seller's) is not called for the seconds given.
        """
        now = _now()
        blocked = (blocked_seconds, gate_blocked_seconds)
        for bucket, before, seconds in zip((ticket.method, ticket.gate), ticket.full_at, blocked, strict=True):
            full_at = max(before, now) + bucket.interval * calls
            if seconds > 0:
                full_at = max(full_at, now + round(seconds * _MICRO) + (bucket.burst - 1) * bucket.interval)
            self._know(bucket.key, full_at)
        buckets = (ticket.method, ticket.gate)
        await self._ask_redis(self._raise_script, buckets, self._aheads(buckets))

    async def _try(self, *buckets: Bucket) -> tuple[float, tuple[int, int]]:
        arguments = [
            number
            for bucket, ahead in zip(buckets, self._aheads(buckets), strict=True)
            for number in (ahead, bucket.interval, bucket.burst)
        ]
        answer = await self._ask_redis(self._take_script, buckets, arguments)
        if answer is None:
            aheads = self._aheads(buckets)
            wait = max(a - (b.burst - 1) * b.interval for a, b in zip(aheads, buckets, strict=True))
        else:
            wait, *aheads = answer
        now = _now()
        if wait > 0:
            # A little more than asked: what is taken a microsecond early is refused.
            return wait / _MICRO + 0.001, (0, 0)
        for bucket, ahead in zip(buckets, aheads, strict=True):
            self._know(bucket.key, now + ahead + bucket.interval)
        return 0, (now + aheads[0], now + aheads[1])

    async def _ask_redis(
        self, script: AsyncScript | None, buckets: Sequence[Bucket], arguments: Sequence[int]
    ) -> list[int] | None:
        """What the script answers; none if there is no Redis, or it is down."""
        if script is None:
            return None
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                answer = await script(keys=[bucket.key for bucket in buckets], args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._redis_failed(error)
            return None
        if not self._redis_is_up:
            self._redis_is_up = True
            log.info("budget.redis_is_back")
        return answer or []

    def _bucket(self, seller_id: UUID, name: str, interval_seconds: float, burst: int) -> Bucket:
        key = f"{self._prefix}wb:{{{seller_id}}}:{name}"
        return Bucket(key, round(interval_seconds / self._rate * _MICRO), burst)

    def _aheads(self, buckets: Sequence[Bucket]) -> list[int]:
        now = _now()
        return [max(0, self._full_at.get(bucket.key, 0) - now) for bucket in buckets]

    def _know(self, key: str, full_at: int) -> None:
        if len(self._full_at) > _FORGET_ABOVE:
            now = _now()
            self._full_at = {k: at for k, at in self._full_at.items() if at > now}
        self._full_at[key] = max(self._full_at.get(key, 0), full_at)

    def _redis_failed(self, error: Exception) -> None:
        if self._redis_is_up:
            log.warning("budget.redis_unavailable", error=type(error).__name__)
        self._redis_is_up = False


def _now() -> int:
    return time.monotonic_ns() // 1000
