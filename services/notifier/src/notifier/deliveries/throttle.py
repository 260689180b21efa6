"""Turns of one channel's messages: all processes share its limits through Redis, in one round trip for many messages.

While Redis is away each process keeps to its part of them, and to none as long as it does not know how many there are.
What a process knows of what it sent itself is told to Redis with each request, so that one that forgot is corrected.
"""

import asyncio
import math
import time
from collections.abc import Iterable, Sequence

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from notifier.deliveries.flood import Flood
from notifier.deliveries.limits import (
    HOLD,
    HORIZON,
    MICRO,
    TAKE_TURNS,
    Aheads,
    Limits,
    chat_of,
    read_answer,
    room,
    take_arguments,
    take_turns,
)
from notifier.metrics import LIMITS_ALONE

log = structlog.get_logger()

REDIS_TIMEOUT_SECONDS = 0.5
ASK_AGAIN_SECONDS = 1.0
"""A Redis that did not answer may be back by then."""
COUNT_AGAIN_SECONDS = 5.0
"""How long what is known of the number of processes counts, while Redis is away."""
AGAIN_SECONDS = 0.1
"""What missed its turn is not looked at again sooner."""
LATE_SECONDS = 0.1
"""A turn that was missed by more is not used: a process that hung would send all that it missed at once, beside what
others send by then."""
MAX_CHATS = 10_000
"""Chats that are remembered; those whose limit says nothing any more are forgotten first."""

_ALL = ""


class Throttle:
    """Keeps under the limits by giving each delivery its turn, and lets nobody pass during a pause.

    Without a client the limits are this process's own. `bot` names whose limits they are.
    """

    def __init__(
        self, limits: Limits, client: redis.asyncio.Redis | None = None, *, bot: str = "", prefix: str = ""
    ) -> None:
        self._limits = limits
        self._take_script = client.register_script(TAKE_TURNS) if client else None
        self._hold_script = client.register_script(HOLD) if client else None
        # One slot of a cluster: a script works on keys of one.
        self._prefix = f"{prefix}telegram:{{{bot}}}:"
        self._ahead_until: dict[str, int] = {}
        self._flood = Flood()
        self._paused_until: dict[str, float] = {}
        self._ask_from = 0.0
        self._whole_from = 0.0
        self._processes = 1 if client is None else None
        self._count_from = math.inf if client is None else 0.0

    async def take(self, recipients: Sequence[str]) -> list[float | None]:
        """Take a turn for a message to each recipient, in their order: the moment on the monotonic clock at which it
        may go, or None where that is too far and none was taken."""
        chats = [chat_of(recipient) for recipient in recipients]
        turns = await self._take_shared(chats)
        if turns is None:
            turns = self._take_alone(chats)
        now = time.monotonic()
        return [None if turn is None else now + turn / MICRO for turn in turns]

    def room(self) -> int:
        """How many turns there may be, as far as is known; none also where it is not worth while to ask for the next
        few."""
        limit = self._limits.everyone
        ahead = self._ahead(_ALL)
        return 0 if limit.wait(ahead) > HORIZON // 2 else room(ahead, limit)

    def look_again_seconds(self) -> float:
        """How long until there is room."""
        return max(0.0, (self._limits.everyone.wait(self._ahead(_ALL)) - HORIZON // 2) / MICRO)

    def wait_seconds(self, recipient: str) -> float:
        """How long until the next turn of the recipient's chat, as far as is known."""
        chat = chat_of(recipient)
        turn = self._limits.of_chat(chat).wait(self._ahead(chat)) / MICRO
        return max(turn, self._pause_seconds(chat))

    async def turn(self, recipient: str, send_at: float) -> float:
        """Wait for a turn taken earlier: 0 when it may go now, else the seconds until it may be tried again, because a
        pause began meanwhile, or the turn was missed and the next one is far."""
        await _until(send_at)
        if (pause_seconds := self._pause_seconds(chat_of(recipient))) > 0:
            return pause_seconds
        if time.monotonic() - send_at <= LATE_SECONDS:
            return 0.0
        [again_at] = await self.take([recipient])
        if again_at is None:
            return max(self.wait_seconds(recipient), self.look_again_seconds(), AGAIN_SECONDS)
        await _until(again_at)
        return self._pause_seconds(chat_of(recipient))

    async def limited(self, recipient: str, seconds: float) -> float:
        """The recipient's chat waits for `seconds`; for how many everybody has to, if it is everybody's limit."""
        now, chat = time.monotonic(), chat_of(recipient)
        pauses = {chat: seconds, _ALL: self._flood.limited(chat, seconds, now)}
        if len(self._paused_until) >= MAX_CHATS:
            self._paused_until = {who: until for who, until in self._paused_until.items() if until > now}
        for who, pause_seconds in pauses.items():
            if pause_seconds > 0:
                self._paused_until[who] = max(self._paused_until.get(who, 0.0), now + pause_seconds)
        await self._hold({who: pause_seconds for who, pause_seconds in pauses.items() if pause_seconds > 0})
        return pauses[_ALL]

    def got_through(self) -> None:
        """A message was taken."""
        self._flood.got_through()

    def wants_count(self) -> bool:
        """Whether it needs to be told how many processes there are."""
        now = time.monotonic()
        return now < self._ask_from and now >= self._count_from

    def shared_by(self, processes: int) -> None:
        """So many send over this channel."""
        self._processes = max(1, processes)
        self._count_from = time.monotonic() + COUNT_AGAIN_SECONDS

    async def _take_shared(self, chats: Sequence[str]) -> list[int | None] | None:
        if self._take_script is None or time.monotonic() < self._ask_from:
            return None
        # Just after Redis is back others may not know it yet, and go on with their parts.
        is_whole = not self._ask_from and time.monotonic() >= self._whole_from
        limits = self._limits if is_whole else self._limits.shared_by(self._processes or 1)
        keys, arguments = take_arguments(chats, self._aheads(chats), limits)
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                answer = await self._take_script(keys=self._keys([_ALL, *keys]), args=arguments)
        except (RedisError, OSError, TimeoutError) as error:
            self._redis_failed(error)
            return None
        if self._ask_from:
            self._ask_from = 0.0
            self._whole_from = time.monotonic() + ASK_AGAIN_SECONDS
            LIMITS_ALONE.set(0)
            log.info("throttle.redis_is_back")
        turns, aheads = read_answer(answer, chats, keys)
        self._know(aheads)
        return turns

    def _take_alone(self, chats: Sequence[str]) -> list[int | None]:
        if self._processes is None:
            return [None for _ in chats]
        aheads = self._aheads(chats)
        turns = take_turns(chats, aheads, self._limits.shared_by(self._processes))
        self._know(aheads)
        return turns

    async def _hold(self, pauses: dict[str, float]) -> None:
        held = {
            who: round(seconds * MICRO) + (self._limits.of_chat(who) if who else self._limits.everyone).tolerance
            for who, seconds in pauses.items()
        }
        self._know(Aheads(held.get(_ALL, 0), {who: ahead for who, ahead in held.items() if who}))
        if self._hold_script is None or time.monotonic() < self._ask_from:
            return
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_SECONDS):
                await self._hold_script(keys=self._keys(held), args=list(held.values()))
        except (RedisError, OSError, TimeoutError) as error:
            self._redis_failed(error)

    def _redis_failed(self, error: Exception) -> None:
        if not self._ask_from:
            LIMITS_ALONE.set(1)
            log.warning("throttle.redis_unavailable", error=type(error).__name__)
        self._ask_from = time.monotonic() + ASK_AGAIN_SECONDS

    def _keys(self, names: Iterable[str]) -> list[str]:
        return [f"{self._prefix}{f'chat:{name}' if name else 'all'}" for name in names]

    def _aheads(self, chats: Sequence[str]) -> Aheads:
        return Aheads(self._ahead(_ALL), {chat: self._ahead(chat) for chat in chats})

    def _ahead(self, name: str) -> int:
        return max(0, self._ahead_until.get(name, 0) - _now())

    def _know(self, aheads: Aheads) -> None:
        now = _now()
        if len(self._ahead_until) >= MAX_CHATS:
            self._ahead_until = {name: until for name, until in self._ahead_until.items() if until > now}
        for name, ahead in {_ALL: aheads.everyone, **aheads.chats}.items():
            self._ahead_until[name] = max(self._ahead_until.get(name, 0), now + ahead)

    def _pause_seconds(self, chat: str) -> float:
        until = max(self._paused_until.get(_ALL, 0.0), self._paused_until.get(chat, 0.0))
        return max(0.0, until - time.monotonic())


async def _until(moment: float) -> None:
    # The loop's clock is this one, and its timers never fire early by more than its resolution.
    if (remaining := moment - time.monotonic()) > 0:
        await asyncio.sleep(remaining)


def _now() -> int:
    return time.monotonic_ns() // 1000
