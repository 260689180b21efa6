"""How often WB may be called: a bucket per seller and method, and a gate per seller over all methods.

Every ingestor shares the buckets through Redis. A bucket is one number, the time until it is full again
(the generic cell rate algorithm): each call moves it one interval ahead, and a call may go while it is
less than `burst` intervals ahead. Each process keeps what it knows itself as well, and tells it to a Redis that forgot.

A call that was taken and not answered yet may reach WB at any moment, whatever became of its process: until it is
answered, or cannot be on its way any more, the next one waits as if it did so just now.

What others called is not known once Redis forgot it, or is down: every bucket then counts as spent at that moment.
While Redis is down one process calls WB, by what it knows (`leads`); when it is back, that one tells it first.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import redis.asyncio
import structlog
from contracts.wb_token import TokenKind
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError

from ingestor.wb.agreement import GATE_NAME, HEARD_SECONDS, Agreement, scaled
from ingestor.wb.budget_scripts import RAISE, TAKE, TELL
from ingestor.wb.errors import MustWait
from ingestor.wb.methods import GATE, Limit, Method

log = structlog.get_logger()

REDIS_TIMEOUT_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 5.0
"""Redis may be back by then; and who led meanwhile has told what it called so soon after it is back."""
GATE_RESERVE = 10
"""Calls of the gate that a first load leaves to live work."""
_FORGET_ABOVE = 10_000
_MICRO = 1_000_000
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket as a call sees it: of a seller by its key; by its name it is one of the limits of all sellers."""

    key: str
    name: str
    interval: int
    burst: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to make a `call`. `full_at` is when each bucket would have been full without it."""

    call: str
    method: Bucket
    gate: Bucket
    full_at: tuple[int, int]
    waited_seconds: float


class Budget:
    """Takes calls from the buckets and corrects them by what WB answers.

    `rate` multiplies every limit; of processes with different ones the stricter counts for all (`agreement`). Without
    a client the buckets are this process's own. `leads` says whether this is the process that may call WB while Redis
    is down. A call whose process died may reach WB for `on_its_way_seconds` after it was taken.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis | None,
        *,
        prefix: str = "",
        rate: float = 1,
        leads: Callable[[], bool] = lambda: True,
        on_its_way_seconds: float = 30,
    ) -> None:
        self._take_script = client.register_script(TAKE) if client else None
        self._raise_script = client.register_script(RAISE) if client else None
        self._tell_script = client.register_script(TELL) if client else None
        self._leads = leads
        self._agreement = Agreement(rate)
        self._shared_keys = [f"{prefix}wb:{name}" for name in ("processes", "limits", "strictest")]
        self._prefix = prefix
        self._rate = rate
        self._on_its_way = round(on_its_way_seconds * _MICRO)
        self._full_at: dict[str, int] = {}
        self._redis_is_up = True
        self._epoch = ""
        self._leads_since: int | None = None
        self._held_back_until = 0

    @property
    def rate(self) -> float:
        """What multiplies every limit."""
        return self._rate

    def interval_seconds(self, method: Method, kind: TokenKind) -> float:
        """The time in which WB gives back one call of the method."""
        limit = method.limit(kind)
        interval, _ = self._agreement.strictest(method.counter(kind), *scaled(limit, self._rate))
        return max(limit.interval_seconds / self._rate, interval / _MICRO)

    async def tell_limits(self) -> None:
        """Tell the other processes by which limits this one calls WB, and learn theirs; to be repeated."""
        if not self._redis_is_up:
            await self._tell(*self._full_at)
        agreement = self._agreement
        told = (agreement.process, round(HEARD_SECONDS * _MICRO), agreement.told)
        differing = await self._ask_redis(self._tell_script, self._shared_keys, told)
        if differing is not None:
            agreement.learn(differing)

    async def take(
        self, seller_id: UUID, method: Method, kind: TokenKind, *, backfill: bool, patience_seconds: float
    ) -> Ticket:
        """Leave to call now, after waiting `patience_seconds` at most.

        Raises:
            MustWait: it would take longer; no call was taken.
        """
        limit = method.limit(kind)
        call, waited = f"call:{uuid4().hex}", 0.0
        while True:
            own = self._bucket(seller_id, method.counter(kind), limit)
            gate = self._bucket(seller_id, GATE_NAME, replace(GATE, burst=GATE.burst - GATE_RESERVE * backfill))
            wait_seconds, taken = await self._try(call, own, gate)
            if wait_seconds == 0:
                (own, own_full_at), (gate, gate_full_at) = taken
                return Ticket(call, own, gate, (own_full_at, gate_full_at), waited)
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
        await self._tell(ticket.method.key, ticket.gate.key, answered={_sent(ticket.method): ticket.call})

    async def _try(self, call: str, *buckets: Bucket) -> tuple[float, list[tuple[Bucket, int]]]:
        """Seconds to wait for a call; none if it is taken, and then each bucket, and when it would have been full."""
        if not self._redis_is_up:
            await self._tell(*self._full_at)
        if (held_back := self._held_back_until - _now()) > 0:
            return held_back / _MICRO, []
        answer = await self._take(call, buckets)
        if answer == []:
            # Redis does not know by which limits this process calls.
            await self.tell_limits()
            answer = await self._take(call, buckets)
        longest = float("inf")
        if not answer:
            if not self._redis_is_up:
                if not self._leads():
                    self._leads_since = None
                    return self._look_again_seconds, []
                self._leads_since = self._leads_since or _now()
                longest = self._look_again_seconds
            aheads = self._aheads(buckets, self._leads_since)
            wait = max(a - (b.burst - 1) * b.interval for a, b in zip(aheads, buckets, strict=True))
        else:
            self._epoch, wait, *found = answer
            aheads = [ahead for ahead, _, _ in found]
            # The limits of another process may be stricter.
            kept = zip(buckets, found, strict=True)
            buckets = tuple(replace(bucket, interval=slower, burst=fewer) for bucket, (_, slower, fewer) in kept)
        now = _now()
        if wait > 0:
            # A little more than asked: what is taken a microsecond early is refused.
            return min(wait / _MICRO + 0.001, longest), []
        for bucket, ahead in zip(buckets, aheads, strict=True):
            self._know(bucket.key, now + ahead + bucket.interval)
        return 0, [(bucket, now + ahead) for bucket, ahead in zip(buckets, aheads, strict=True)]

    async def _take(self, call: str, buckets: Sequence[Bucket]) -> list[Any] | None:
        arguments: list[str | int] = [self._epoch, call, self._agreement.process]
        for bucket, ahead in zip(buckets, self._aheads(buckets), strict=True):
            arguments += (bucket.name, ahead, bucket.interval, bucket.burst)
        keys = [*(bucket.key for bucket in buckets), *self._shared_keys, _sent(buckets[0]), f"{self._prefix}wb:epoch"]
        return await self._ask_redis(self._take_script, keys, [*arguments, self._on_its_way])

    async def _tell(self, *keys: str, answered: Mapping[str, str] = _NOTHING) -> None:
        now = _now()
        known = {key: self._full_at[key] - now for key in keys if self._full_at[key] > now}
        await self._ask_redis(self._raise_script, [*known, *answered], [*known.values(), *answered.values()])

    async def _ask_redis(
        self, script: AsyncScript | None, keys: Sequence[str], arguments: Sequence[str | int]
    ) -> list[Any] | None:
        """What the script answers; none if there is no Redis, or it is down."""
        if script is None:
            return None
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                answer = await script(keys=keys, args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._redis_failed(error)
            return None
        if not self._redis_is_up:
            self._redis_is_up = True
            self._held_back_until = 0 if self._leads() else _now() + round(self._look_again_seconds * _MICRO)
            log.info("budget.redis_is_back")
        return answer or []

    @property
    def _look_again_seconds(self) -> float:
        return LOOK_AGAIN_SECONDS / self._rate

    def _bucket(self, seller_id: UUID, name: str, limit: Limit) -> Bucket:
        key = f"{self._prefix}wb:{{{seller_id}}}:{name}"
        return Bucket(key, name, *self._agreement.strictest(name, *scaled(limit, self._rate)))

    def _aheads(self, buckets: Iterable[Bucket], spent_at: int | None = None) -> list[int]:
        """By how much each bucket is ahead, as far as is known; at least as if it had been spent at that moment."""
        now = _now()
        known = ((bucket, self._full_at.get(bucket.key, 0)) for bucket in buckets)
        return [
            max(0, full_at - now, 0 if spent_at is None else spent_at + bucket.burst * bucket.interval - now)
            for bucket, full_at in known
        ]

    def _know(self, key: str, full_at: int) -> None:
        if len(self._full_at) > _FORGET_ABOVE:
            now = _now()
            self._full_at = {k: at for k, at in self._full_at.items() if at > now}
        self._full_at[key] = max(self._full_at.get(key, 0), full_at)

    def _redis_failed(self, error: Exception) -> None:
        if self._redis_is_up:
            log.warning("budget.redis_unavailable", error=type(error).__name__)
            self._leads_since = None
        self._redis_is_up = False


def _sent(bucket: Bucket) -> str:
    """The key of the bucket's calls that are not answered."""
    return f"{bucket.key}:sent"


def _now() -> int:
    return time.monotonic_ns() // 1000
