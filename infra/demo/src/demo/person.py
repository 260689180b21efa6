"""A seller in his chat with the bot: he writes, presses and waits for the answer."""

import time
from collections.abc import Callable
from typing import Any

from demo.fakes import FakeTelegram
from demo.installation import TELEGRAM_ID, NotReady

ANSWER_SECONDS = 60
QUIET_SECONDS = 2.0
"""An answer that has not changed for so long is whole: pages are written in place, charts come a moment later."""

Message = dict[str, Any]
"""As tgsim's control API tells it."""


class Person:
    """The seller whose shop is connected."""

    def __init__(self, telegram: FakeTelegram) -> None:
        self._telegram = telegram

    def say(self, text: str, *, until: str = "") -> Message:
        """Write to the bot; its answer with `until` in it. Raises NotReady without one within a minute."""
        seq = self._seq()
        self._post(f"chats/{TELEGRAM_ID}/send", text=text)
        return self.wait(lambda message: message["seq"] > seq and until in message["text"], f"an answer to {text}")

    def press(self, message: Message, button: str, *, until: str = "", quiet_seconds: float = QUIET_SECONDS) -> Message:
        """Press the button that has these words; the bot's answer, as `say`."""
        seq = self._seq()
        self._post(f"messages/{TELEGRAM_ID}/{message['message_id']}/press", button=button)
        return self.wait(
            lambda message: message["seq"] > seq and until in message["text"],
            f"an answer to {button}",
            quiet_seconds=quiet_seconds,
        )

    def wait(self, is_it: Callable[[Message], bool], what: str, *, quiet_seconds: float = QUIET_SECONDS) -> Message:
        """The newest message that is it, once it has stayed the same for a moment; raises NotReady."""
        deadline = time.monotonic() + ANSWER_SECONDS
        found: Message | None = None
        since = time.monotonic()
        while time.monotonic() < deadline:
            newest = next((m for m in reversed(self._telegram.raw_messages()) if is_it(m)), None)
            if newest is None or found is None or newest["seq"] != found["seq"]:
                found, since = newest, time.monotonic()
            if found is not None and time.monotonic() - since >= quiet_seconds:
                return found
            time.sleep(0.1)
        raise NotReady(f"{what}: not within {ANSWER_SECONDS} s")

    def newest(self) -> Message:
        """What came last."""
        return self._telegram.raw_messages()[-1]

    def since(self, seq: int) -> list[Message]:
        """What came or was edited after `seq`, oldest first."""
        return self._telegram.raw_messages(seq)

    def _seq(self) -> int:
        messages = self._telegram.raw_messages()
        return int(messages[-1]["seq"]) if messages else 0

    def _post(self, path: str, **body: Any) -> None:
        self._telegram.control.post(f"/_sim/{path}", json=body).raise_for_status()
