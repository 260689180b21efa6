"""Telegram's flood limits: so many messages a second in a chat and over the bot, so many a minute in a group."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tgsim.config import Limits


@dataclass
class _Bucket:
    rate_per_second: float
    capacity: float
    level: float
    filled_at: float

    def wait_seconds(self, now: float) -> float:
        self.level = min(self.capacity, self.level + (now - self.filled_at) * self.rate_per_second)
        self.filled_at = now
        # A level a rounding error below one is one: the sender has waited exactly as long as it was told.
        return 0.0 if self.level > 1 - 1e-9 else (1 - self.level) / self.rate_per_second


class Flood:
    """One bot's limits; `early_sends` counts messages sent before the told `retry_after` had passed."""

    def __init__(self, limits: Limits | None, clock: Callable[[], float]) -> None:
        self.early_sends = 0
        self._limits = limits
        self._clock = clock
        self._buckets: dict[tuple[str, int], _Bucket] = {}
        self._refused_until: dict[int | None, float] = {}

    def admit(self, chat_id: int) -> int | None:
        """Take one message for `chat_id`: None when it may go, else whole seconds to wait."""
        if remaining := self.note_early_send(chat_id):
            return remaining
        if self._limits is None:
            return None
        buckets = self._buckets_of(chat_id, self._limits)
        now = self._clock()
        for scope, bucket in buckets:
            if wait := bucket.wait_seconds(now):
                return self.refuse_for(scope, math.ceil(wait))
        for _, bucket in buckets:
            bucket.level -= 1
        return None

    def refuse_for(self, chat_id: int | None, seconds: int) -> int:
        """Refuse everything to `chat_id` (None: from this bot) for `seconds`, which are returned."""
        self._refused_until[chat_id] = self._clock() + seconds
        return seconds

    def note_early_send(self, chat_id: int) -> int | None:
        """Count a message that came before its `retry_after` passed; whole seconds that remain, or None."""
        now = self._clock()
        until = max(self._refused_until.get(chat_id, now), self._refused_until.get(None, now))
        if until <= now:
            self._refused_until.pop(chat_id, None)
            return None
        self.early_sends += 1
        return math.ceil(until - now)

    def _buckets_of(self, chat_id: int, limits: Limits) -> list[tuple[int | None, _Bucket]]:
        chat = self._bucket("chat", chat_id, limits.per_chat_per_second, limits.per_chat_burst)
        bot = self._bucket("bot", 0, limits.per_second, max(limits.per_second, 1))
        buckets: list[tuple[int | None, _Bucket]] = [(chat_id, chat), (None, bot)]
        if chat_id < 0:
            per_minute = limits.per_group_per_minute
            buckets.insert(1, (chat_id, self._bucket("group", chat_id, per_minute / 60, per_minute)))
        return buckets

    def _bucket(self, scope: str, key: int, rate_per_second: float, capacity: float) -> _Bucket:
        bucket = self._buckets.get((scope, key))
        if bucket is None:
            bucket = _Bucket(rate_per_second, capacity, capacity, self._clock())
            self._buckets[scope, key] = bucket
        return bucket
