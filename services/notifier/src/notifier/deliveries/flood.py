"""Whose limit a 429 is: a chat's own, unless several chats meet it at once and nobody gets through."""

WINDOW_SECONDS = 10.0
CHATS = 3
"""So many different chats limited within the window, with nothing delivered between, speak of the whole bot."""

FIRST_PAUSE_SECONDS = 5.0
"""Doubled each time the first message after a pause is limited again; never longer than Telegram asked for."""


class Flood:
    """What one process has seen of a channel's limits. Moments are seconds of the caller's monotonic clock."""

    def __init__(self) -> None:
        self._limited: dict[str, float] = {}
        self._pauses = 0
        self._paused_until = 0.0

    def limited(self, recipient: str, seconds: float, now: float) -> float:
        """A recipient has to wait so many `seconds`: for how many everybody has to."""
        if now < self._paused_until:
            return 0.0  # sent before the pause began
        self._limited = {who: at for who, at in self._limited.items() if now - at < WINDOW_SECONDS}
        self._limited[recipient] = now
        if len(self._limited) < CHATS and not self._pauses:
            return 0.0
        pause_seconds: float = min(seconds, FIRST_PAUSE_SECONDS * 2 ** min(self._pauses, 16))
        self._pauses += 1
        self._paused_until = now + pause_seconds
        return pause_seconds

    def got_through(self) -> None:
        """A message was taken: the limits met before were those of single chats."""
        self._limited.clear()
        self._pauses = 0
