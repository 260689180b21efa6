"""What the fakes took."""

import asyncio
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Received:
    """A message: where it was taken, for whom, and what it was."""

    number: int
    channel: str
    recipient: str
    content: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As `GET /_sim/messages` lists it."""
        return {"number": self.number, "channel": self.channel, "recipient": self.recipient, **self.content}


class Inbox:
    """Messages in the order they came; `changed` is set at each."""

    def __init__(self) -> None:
        self._received: list[Received] = []
        self.changed = asyncio.Event()

    def put(self, channel: str, recipient: str, **content: Any) -> None:
        """Keep one."""
        self._received.append(Received(len(self._received) + 1, channel, recipient, content))
        self.changed.set()

    def since(self, number: int = 0, channel: str | None = None) -> list[dict[str, Any]]:
        """Those after that one, of all channels or of one."""
        found = self._received[number:]
        return [each.as_json() for each in found if channel in (None, each.channel)]
