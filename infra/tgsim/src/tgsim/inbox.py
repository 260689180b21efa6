"""The inbox: every accepted message, with what it was before each edit."""

import asyncio
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from tgsim.entities import Formatted
from tgsim.markup import Keyboard


@dataclass(frozen=True)
class Receipt:
    """What is known of the call that brought a message; `received_at` is when it was fully read (unix s)."""

    method: str
    received_at: float
    traceparent: str | None


@dataclass(frozen=True)
class Version:
    """One state of a message: `text` as the seller sees it, `html` as it was sent."""

    seq: int
    receipt: Receipt
    content: Formatted
    html: str
    buttons: Keyboard

    def as_json(self) -> dict[str, Any]:
        """The version as the control API shows it."""
        return {
            "seq": self.seq,
            **asdict(self.receipt),
            "text": self.content.text,
            "html": self.html,
            "entities": self.content.entities,
            "buttons": self.buttons,
        }


@dataclass
class Message:
    """One message in one chat; the last of `versions` is what the seller sees."""

    bot_id: int
    chat_id: int
    message_id: int
    photo: str | None
    versions: list[Version] = field(default_factory=list)

    @property
    def current(self) -> Version:
        """What the seller sees now."""
        return self.versions[-1]

    def as_json(self) -> dict[str, Any]:
        """Current version's fields at the top, replaced ones under `earlier_versions`, oldest first."""
        return {
            **self.current.as_json(),
            "bot_id": self.bot_id,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
            "photo": self.photo,
            "earlier_versions": [version.as_json() for version in self.versions[:-1]],
        }


class Inbox:
    """Messages in the order of their last change; beyond `keep_messages` the oldest are forgotten."""

    def __init__(self, keep_messages: int) -> None:
        self.changed = asyncio.Event()  # set on every new version; who waits clears it first
        self._keep_messages = keep_messages
        self._last_seq = 0
        self._last_message_id = 0
        self._by_seq: dict[int, Message] = {}
        self._by_place: dict[tuple[int, int, int], Message] = {}

    def add(
        self, *, bot_id: int, chat_id: int, photo: str | None, receipt: Receipt,
        content: Formatted, html: str, buttons: Keyboard,
    ) -> Message:  # fmt: skip
        """Store a new message under the next seq and message_id."""
        self._last_message_id += 1
        message = Message(bot_id, chat_id, self._last_message_id, photo)
        self._by_place[bot_id, chat_id, message.message_id] = message
        self._append(message, receipt, content, html, buttons)
        if len(self._by_seq) > self._keep_messages:
            oldest = self._by_seq.pop(next(iter(self._by_seq)))
            del self._by_place[oldest.bot_id, oldest.chat_id, oldest.message_id]
        return message

    def edit(self, message: Message, *, receipt: Receipt, content: Formatted, html: str, buttons: Keyboard) -> None:
        """Give a stored message a new version under the next seq."""
        del self._by_seq[message.current.seq]
        self._append(message, receipt, content, html, buttons)

    def find(self, bot_id: int, chat_id: int, message_id: int) -> Message | None:
        """The message this bot sent to this chat under this id, if it is still here."""
        return self._by_place.get((bot_id, chat_id, message_id))

    def since(self, seq: int = 0, chat_id: int | None = None) -> list[Message]:
        """Messages new or edited after `seq`, oldest change first."""
        return [m for m in self._after(seq) if chat_id is None or m.chat_id == chat_id]

    def clear(self) -> None:
        """Forget all messages; numbering goes on."""
        self._by_seq.clear()
        self._by_place.clear()

    def _append(self, message: Message, receipt: Receipt, content: Formatted, html: str, buttons: Keyboard) -> None:
        self._last_seq += 1
        message.versions.append(Version(self._last_seq, receipt, content, html, buttons))
        self._by_seq[self._last_seq] = message
        self.changed.set()

    def _after(self, seq: int) -> Iterator[Message]:
        newest_first = []
        for stored in reversed(self._by_seq):
            if stored <= seq:
                break
            newest_first.append(self._by_seq[stored])
        return reversed(newest_first)
