"""One channel's limits within this process: so many a second to one recipient, so many in all, and pauses."""

import asyncio
import time

from notifier.delivery.pace import Pace

HORIZON_SECONDS = 2.0
"""A turn this near is waited for; a later one gives the delivery back until it comes."""

_ALL = "all"


class Throttle:
    """Keeps under the limits by telling each delivery its turn, and lets nobody pass during a pause."""

    def __init__(self, *, per_second: float, per_recipient_per_second: float) -> None:
        self.recipient_interval_seconds = 1 / per_recipient_per_second
        self._recipients = Pace(per_recipient_per_second)
        self._all = Pace(per_second)
        self._paused_until = 0.0

    def pause(self, seconds: float) -> None:
        """Nobody goes for so long."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def wait_seconds(self, recipient: str) -> float:
        """How long until the recipient's next turn."""
        now = time.monotonic()
        return max(self._recipients.slot(recipient, now), self._paused_until) - now

    def take(self, recipient: str) -> float:
        """Take the recipient's next turn; when it is, on the monotonic clock."""
        return self._recipients.take(recipient, time.monotonic())

    async def turn(self, send_at: float) -> float:
        """Wait for a turn taken earlier: 0 when it may go now, else the seconds of a pause too long to sit out."""
        await _until(send_at)
        while True:
            now = time.monotonic()
            if (remaining := self._paused_until - now) > 0:
                if remaining > HORIZON_SECONDS:
                    return remaining
                await _until(self._paused_until)
                continue
            await _until(self._all.take(_ALL, now))
            if self._paused_until <= time.monotonic():
                return 0.0


async def _until(moment: float) -> None:
    # The loop's clock is this one, and its timers never fire early by more than its resolution.
    if (remaining := moment - time.monotonic()) > 0:
        await asyncio.sleep(remaining)
