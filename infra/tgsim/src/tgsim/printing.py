"""The inbox on a terminal: each message as the seller would see it."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from tgsim.config import PrintMode
from tgsim.inbox import Message

MOSCOW = ZoneInfo("Europe/Moscow")
_WIDTH = 72
_DIM, _RESET = "\x1b[2m", "\x1b[0m"


def render(message: Message) -> str:
    """A framed block: chat and Moscow time, [photo], the text, the buttons row by row."""
    version = message.current
    at = datetime.fromtimestamp(version.receipt.received_at, MOSCOW)
    edited = " · edited" if len(message.versions) > 1 else ""
    title = f"┌─ chat {message.chat_id} · {at:%d.%m.%Y %H:%M:%S} MSK{edited} "
    lines = [f"[{version.media.kind}]"] if version.media else []
    lines += version.content.text.split("\n")
    lines += [" ".join(f"[{button['text']}]" for button in row) for row in version.buttons]
    frame = [title.ljust(_WIDTH, "─"), *(f"│ {line}".rstrip() for line in lines), "└".ljust(_WIDTH, "─")]
    return "\n".join(frame)


class Printer:
    """Prints every message, or at most one a second and how many others came meanwhile, or none."""

    def __init__(self, mode: PrintMode, clock: Callable[[], float], out: TextIO | None = None) -> None:
        self._mode = mode
        self._clock = clock
        self._out = out or sys.stdout
        self._next_at = float("-inf")
        self._held_back = 0

    def show(self, message: Message) -> None:
        """Print `message` if the mode lets it through now."""
        if self._mode == "none":
            return
        if self._mode == "sample":
            now = self._clock()
            if now < self._next_at:
                self._held_back += 1
                return
            self._next_at = now + 1
        self.flush()
        block = render(message)
        self._print(f"{_DIM}{block}{_RESET}" if self._out.isatty() else block)

    def flush(self) -> None:
        """Say how many messages were held back since the last one printed."""
        if self._held_back:
            self._print(f"… and {self._held_back} more")
            self._held_back = 0

    def _print(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()
