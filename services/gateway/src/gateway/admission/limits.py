"""How much may be asked a minute: with a key, for a user, from an address, and how often in vain."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from prometheus_client import Counter
from servicekit.cache import Cache, CacheAway, Look
from servicekit.counters import begin_at_zero
from servicekit.rate_limits import MAX_QUOTA, WINDOW_SECONDS, LocalCounts, Quota, Used

from gateway.keys import Grant

monotonic = time.monotonic
"""Seconds of this process."""

ANY_USER_TIMES = 100
"""A key that acts for any user may be used so much more than one that acts for its own: its users are limited each."""

MOST_REMEMBERED = 10_000

REFUSED = Counter(
    "pulse_requests_refused",
    "Requests that were not let in, by what was used up: key, user, address (limits of requests), refused (of refused "
    "keys and sign-ins from an address), crowd (too many at once).",
    ("limit",),
    registry=None,
)
begin_at_zero(REFUSED, "key", "user", "address", "refused", "crowd")


@dataclass(frozen=True)
class Allowed:
    """How many requests a minute; 0 is any number."""

    key: int = 0
    user: int = 0
    address: int = 0
    refused: int = 0
    """Refused keys and sign-ins."""


Quotas = tuple[Quota, ...]


class TooMany(Exception):
    """A limit is used up; `headers` say which, and when there will be more."""

    def __init__(self, limit: str, wait_seconds: int, headers: Mapping[str, str]) -> None:
        super().__init__(limit)
        self.limit = limit
        self.wait_seconds = wait_seconds
        self.headers = headers

    @property
    def detail(self) -> str:
        return f"Too many requests: come again in {self.wait_seconds} s."


@dataclass
class Visit:
    """A request while it is let in."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    """What its answer says of limits."""
    is_counted: bool = False
    """As one of its key and its user."""


class Limits:
    """Counts requests, in the same round trip to Redis in which something else is looked up.

    What has been used up is remembered until there is more of it: who goes on costs no round trip. While Redis is away,
    this process counts by itself.
    """

    def __init__(self, cache: Cache, allowed: Allowed) -> None:
        self._cache = cache
        self._allowed = allowed
        self._local = LocalCounts()
        self._used_up: OrderedDict[str, float] = OrderedDict()
        self._refuses_until = 0.0

    @property
    def refuses_somebody(self) -> bool:
        """Whether something is known to be used up just now."""
        return monotonic() < self._refuses_until

    def of_stranger(self, address: str) -> Quotas:
        """What a request counts in whose caller is not known yet; whoever was refused too often is let in no more."""
        return (
            *_quota("address", address, self._allowed.address),
            *_quota("refused", address, self._allowed.refused, is_counted=False),
        )

    def of_public(self, address: str) -> Quotas:
        """What a request counts in that needs no key."""
        return _quota("address", address, self._allowed.address)

    def of_caller(self, grant: Grant, user: int | None, address: str) -> Quotas:
        """What a request of a known caller counts in.

        The address of a key that acts for any user is the bot's: it says nothing of whom the key acts for.
        """
        return _of_caller(self._allowed, grant.key_id, grant.telegram_id is None, user, address)

    async def look(
        self, visit: Visit, key: str, tags: Sequence[str], quotas: Quotas, *, foreseen: Sequence[str] = ()
    ) -> Look:
        """As `Cache.look`, and the request is counted.

        Raises:
            TooMany: it was not, for a limit is used up.
            CacheAway: Redis did not answer; it was counted here.
        """
        known = self.refusal_of(quotas)
        if known is not None:
            raise known
        if not (key or tags or quotas):
            return Look(None, (), {})
        try:
            look = await self._cache.look(key, tags, quotas, foreseen=foreseen)
        except CacheAway:
            self.count_here(visit, quotas)
            raise
        self._see(visit, quotas, look.used)
        return look

    def count_here(self, visit: Visit, quotas: Quotas) -> None:
        """The request is counted by this process alone.

        Raises:
            TooMany: it was not, for a limit is used up.
        """
        self._see(visit, quotas, self._local.count(quotas))

    async def count(self, visit: Visit, quotas: Quotas) -> None:
        """The request is counted, in a round trip of its own.

        Raises:
            TooMany: it was not, for a limit is used up.
        """
        with suppress(CacheAway):
            await self.look(visit, "", (), quotas)

    async def count_refusal(self, visit: Visit) -> None:
        """Somebody was refused: who is refused too often is let in no more."""
        quotas = _quota("refused", visit.address, self._allowed.refused)
        if not quotas:
            return
        try:
            [used] = (await self._cache.look("", (), quotas)).used
        except CacheAway:
            [used] = self._local.count(quotas)
        if used.wait:
            self._remember(quotas[0], used)

    def _see(self, visit: Visit, quotas: Quotas, used: Sequence[Used]) -> None:
        standing = list(zip(quotas, used, strict=True))
        if not standing:
            return
        quota, what = max(standing, key=_longest_wait)
        if what.wait:
            for each, of_it in standing:
                if of_it.wait:
                    self._remember(each, of_it)
            raise _too_many(quota, what.next_seconds(quota), quotas)
        lefts = [what.left_of(quota) for quota, what in standing]
        left = min(lefts)
        quota, what = standing[lefts.index(left)]
        visit.headers = {
            "RateLimit-Policy": _policy(quotas),
            "RateLimit": f'"{_limit(quota)}";r={left};t={what.next_seconds(quota)}',
        }

    def refusal_of(self, quotas: Quotas) -> TooMany | None:
        """What a request that counts in these is refused with, as far as it is known without asking Redis."""
        for quota in quotas:
            until = self._used_up.get(quota.name)
            if until is None:
                continue
            wait = until - monotonic()
            if wait > 0:
                return _too_many(quota, int(wait) + 1, quotas)
            del self._used_up[quota.name]
        return None

    def _remember(self, quota: Quota, used: Used) -> None:
        until = self._used_up[quota.name] = monotonic() + used.wait / 1_000_000
        self._refuses_until = max(self._refuses_until, until)
        self._used_up.move_to_end(quota.name)
        if len(self._used_up) > MOST_REMEMBERED:
            self._used_up.popitem(last=False)


@lru_cache(maxsize=4096)
def _of_caller(allowed: Allowed, key_id: UUID, acts_for_any: bool, user: int | None, address: str) -> Quotas:
    return (
        *_quota("key", str(key_id), min(MAX_QUOTA, allowed.key * (ANY_USER_TIMES if acts_for_any else 1))),
        *_quota("user", str(user), 0 if user is None else allowed.user),
        *_quota("address", address, 0 if acts_for_any else allowed.address),
    )


def _quota(limit: str, whose: str, a_minute: int, *, is_counted: bool = True) -> Quotas:
    return (Quota(f"limit:{limit}:{whose}", a_minute, is_counted),) if a_minute else ()


def _limit(quota: Quota) -> str:
    return quota.name.split(":", 2)[1]


@lru_cache(maxsize=4096)
def _policy(quotas: Quotas) -> str:
    return ", ".join(f'"{_limit(quota)}";q={quota.a_minute};w={WINDOW_SECONDS}' for quota in quotas)


def _longest_wait(standing: tuple[Quota, Used]) -> int:
    return standing[1].wait


def _too_many(quota: Quota, wait_seconds: int, quotas: Quotas) -> TooMany:
    headers = {
        "Retry-After": str(wait_seconds),
        "RateLimit-Policy": _policy(quotas),
        "RateLimit": f'"{_limit(quota)}";r=0;t={wait_seconds}',
    }
    return TooMany(_limit(quota), wait_seconds, headers)
