"""One channel's limits within this process: so many a second to one recipient, so many in all, and pauses of either."""

import asyncio
import time

from notifier.deliveries.flood import Flood
from notifier.deliveries.pace import MAX_KEYS, Pace

HORIZON_SECONDS = 2.0
"""A turn this near is waited for; a later one gives the delivery back until it comes."""

_ALL = "all"


class Throttle:
    """Keeps under the limits by telling each delivery its turn, and lets nobody pass during a pause."""

    def __init__(self, *, per_second: float, per_recipient_per_second: float, per_group_per_minute: float) -> None:
        self._chats = Pace(per_recipient_per_second)
        self._groups = Pace(min(per_group_per_minute / 60, per_recipient_per_second))
        self._all = Pace(per_second)
        self._flood = Flood()
        self._all_paused_until = 0.0
        self._paused_until: dict[str, float] = {}

    def limited(self, recipient: str, seconds: float) -> float:
        """The recipient waits for `seconds`; for how many everybody has to, if it is everybody's limit."""
        now = time.monotonic()
        if len(self._paused_until) >= MAX_KEYS:
            self._paused_until = {who: until for who, until in self._paused_until.items() if until > now}
        self._paused_until[recipient] = max(self._paused_until.get(recipient, 0.0), now + seconds)
        pause_seconds = self._flood.limited(recipient, seconds, now)
        self._all_paused_until = max(self._all_paused_until, now + pause_seconds)
        return pause_seconds

    def got_through(self) -> None:
        """A message was taken."""
        self._flood.got_through()

    def wait_seconds(self, recipient: str) -> float:
        """How long until the recipient's next turn."""
        now = time.monotonic()
        return max(self._pace(recipient).slot(recipient, now), self._pause_ends(recipient)) - now

    def take(self, recipient: str) -> float:
        """Take the recipient's next turn; when it is, on the monotonic clock."""
        return self._pace(recipient).take(recipient, time.monotonic())

    async def turn(self, recipient: str, send_at: float) -> float:
        """Wait for a turn taken earlier: 0 when it may go now, else the seconds of a pause too long to sit out."""
        await _until(send_at)
        while True:
            now = time.monotonic()
            if (remaining := self._pause_ends(recipient) - now) > 0:
                if remaining > HORIZON_SECONDS:
                    return remaining
                await _until(now + remaining)
                continue
            await _until(self._all.take(_ALL, now))
            if self._pause_ends(recipient) <= time.monotonic():
                return 0.0

    def _pace(self, recipient: str) -> Pace:
        return self._groups if recipient.startswith("-") else self._chats

    def _pause_ends(self, recipient: str) -> float:
        return max(self._all_paused_until, self._paused_until.get(recipient, 0.0))


async def _until(moment: float) -> None:
    # The loop's clock is this one, and its timers never fire early by more than its resolution.
    if (remaining := moment - time.monotonic()) > 0:
        await asyncio.sleep(remaining)
