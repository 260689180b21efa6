"""Presses of buttons that a bot has to answer, and its answers."""

import asyncio
from dataclasses import asdict, dataclass
from typing import Any

from tgsim.errors import bad_request

MAX_ANSWER_LENGTH = 200
_ANSWERABLE_SECONDS = 15 * 60
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class Callback:
    """One press; `answers` counts the bot's answers, of which a phone shows the first."""

    callback_query_id: str
    chat_id: int
    message_id: int
    from_id: int
    data: str
    pressed_at: float
    answers: int = 0
    text: str = ""
    show_alert: bool = False
    answered_at: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The press and its answer."""
        return asdict(self)


class Callbacks:
    """Presses by their query's id."""

    def __init__(self) -> None:
        self.answered = asyncio.Event()  # set on every answer; who waits clears it first
        self._by_id: dict[str, Callback] = {}

    def add(self, callback: Callback, keep: int) -> None:
        """Note a press; beyond `keep` the oldest are forgotten."""
        self._by_id[callback.callback_query_id] = callback
        if len(self._by_id) > keep:
            del self._by_id[next(iter(self._by_id))]

    def answer(self, callback_query_id: str, text: str, *, show_alert: bool, now: float) -> None:
        """Take the bot's answer; raises Refusal when the press is unknown or too old, or the text too long."""
        if len(text) > MAX_ANSWER_LENGTH:
            raise bad_request("MESSAGE_TOO_LONG")
        callback = self._by_id.get(callback_query_id)
        if callback is None or now - callback.pressed_at > _ANSWERABLE_SECONDS:
            raise bad_request(_TOO_OLD)
        callback.answers += 1
        if callback.answers == 1:
            callback.text, callback.show_alert, callback.answered_at = text, show_alert, now
        self.answered.set()

    def all(self) -> list[Callback]:
        """Every press, oldest first."""
        return list(self._by_id.values())
