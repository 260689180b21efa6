"""Updates of one bot: queued by number, confirmed by offset, or waiting for its webhook."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tgsim.errors import Refusal

UPDATE_KINDS = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction")
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction"})
_KEPT_SECONDS = 24 * 3600  # Telegram forgets what was not fetched for a day


@dataclass(frozen=True)
class Update:
    """One update; those of one `line` (a chat, or a person) reach a webhook one after the other."""

    update_id: int
    kind: str
    content: dict[str, Any]
    line: int
    made_at: float

    def as_json(self) -> dict[str, Any]:
        """Telegram's Update."""
        return {"update_id": self.update_id, self.kind: self.content}


class Updates:
    """The queue of one bot; `clock` is the wall clock (unix s)."""

    def __init__(self, clock: Callable[[], float], keep: int) -> None:
        self.changed = asyncio.Event()  # set on every new update; who waits clears it first
        self.allowed: frozenset[str] | None = None  # None: all but those of _NOT_BY_DEFAULT
        self.polls = 0  # how many have begun
        self._clock = clock
        self._keep = keep
        self._pending: dict[int, Update] = {}
        self._last_id = 0
        self._poll: asyncio.Future[str] | None = None

    def push(self, kind: str, content: dict[str, Any], line: int) -> int | None:
        """Queue an update; its id, or None when the bot did not ask for this kind."""
        if kind in _NOT_BY_DEFAULT if self.allowed is None else kind not in self.allowed:
            return None
        self._last_id += 1
        self._pending[self._last_id] = Update(self._last_id, kind, content, line, self._clock())
        if len(self._pending) > self._keep:
            del self._pending[next(iter(self._pending))]
        self.changed.set()
        return self._last_id

    def pending(self) -> list[Update]:
        """What is neither confirmed nor delivered nor a day old, oldest first."""
        oldest = self._clock() - _KEPT_SECONDS
        while (first := next(iter(self._pending.values()), None)) and first.made_at < oldest:
            del self._pending[first.update_id]
        return list(self._pending.values())

    def confirm(self, offset: int) -> None:
        """Forget what came before `offset`; a negative one keeps that many of the newest."""
        kept = self.pending()
        if offset < 0:
            kept = kept[offset:]
        self._pending = {update.update_id: update for update in kept if update.update_id >= offset}

    def waits(self, update: Update) -> bool:
        """Whether an update is still to be delivered."""
        return update.update_id in self._pending

    def forget(self, update: Update) -> None:
        """Take out one that was delivered."""
        self._pending.pop(update.update_id, None)

    def drop(self) -> None:
        """Forget everything that waits."""
        self._pending.clear()

    async def poll(self, offset: int, limit: int, timeout_seconds: float) -> list[dict[str, Any]]:
        """Up to `limit` updates from `offset` on, once there is one or the time is up.

        Raises Refusal 409 when another poll or a webhook takes the place of this one while it waits.
        """
        self.end_poll("other getUpdates request; make sure that only one bot instance is running")
        if offset:
            self.confirm(offset)
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._poll = ended
        self.polls += 1
        try:
            async with asyncio.timeout(timeout_seconds):
                while not self.pending():
                    self.changed.clear()
                    waiting = asyncio.ensure_future(self.changed.wait())
                    either: set[asyncio.Future[Any]] = {waiting, ended}
                    try:
                        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        waiting.cancel()
                    if ended.done():
                        raise Refusal(409, f"Conflict: terminated by {ended.result()}")
        except TimeoutError:
            return []
        finally:
            if self._poll is ended:
                self._poll = None
        return [update.as_json() for update in self.pending()[:limit]]

    def end_poll(self, by: str) -> None:
        """Answer the poll that waits, if one does, with 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(by)
        self._poll = None
