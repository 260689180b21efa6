"""The inbox: every accepted message, with what it was before each edit, and what people wrote."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from tgsim.entities import Formatted
from tgsim.markup import Keyboard


@dataclass(frozen=True)
class Receipt:
    """What is known of the call that brought a message; `received_at` is when it was fully read (unix s)."""

    method: str
    received_at: float
    traceparent: str | None


@dataclass(frozen=True)
class Media:
    """What a message carries beside its text; the file is in the bot's `files`."""

    kind: Literal["photo", "document"]
    file_id: str


@dataclass(frozen=True)
class Version:
    """One state of a message: `text` as the seller sees it, `html` as it was sent."""

    seq: int
    receipt: Receipt
    content: Formatted
    html: str
    buttons: Keyboard
    media: Media | None = None

    def file_id(self, kind: str) -> str | None:
        """The file of the media if it is of this kind."""
        return self.media.file_id if self.media is not None and self.media.kind == kind else None

    def as_json(self) -> dict[str, Any]:
        """The version as the control API shows it."""
        return {
            "seq": self.seq,
            **asdict(self.receipt),
            "text": self.content.text,
            "html": self.html,
            "entities": self.content.entities,
            "buttons": self.buttons,
            "photo": self.file_id("photo"),
            "document": self.file_id("document"),
        }


@dataclass
class Message:
    """One message in one chat; the last of `versions` is what the seller sees.

    `sender` is Telegram's User of the person who wrote it, None when the bot did. `service` has the fields
    of a message that tells what happened (`new_chat_members`, `migrate_to_chat_id` …). `keyboard` is a
    `reply_markup` that is no inline one: a reply keyboard, its removal or a forced reply.
    """

    bot_id: int
    chat_id: int
    message_id: int
    sender: dict[str, Any] | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    keyboard: dict[str, Any] | None = None
    service: dict[str, Any] = field(default_factory=dict)
    reaction: str | None = None
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
            "thread_id": self.thread_id,
            "reply_to": self.reply_to,
            "keyboard": self.keyboard,
            "reaction": self.reaction,
            "earlier_versions": [version.as_json() for version in self.versions[:-1]],
        }


class Inbox:
    """Messages in the order of their last change; beyond `keep_messages` the oldest are forgotten."""

    def __init__(self, keep_messages: int) -> None:
        self.changed = asyncio.Event()  # set on every change; who waits clears it first
        self.deletions: deque[dict[str, Any]] = deque(maxlen=keep_messages)
        self.last_seq = 0
        self._keep_messages = keep_messages
        self._last_message_id = 0
        self._by_seq: dict[int, Message] = {}
        self._by_place: dict[tuple[int, int, int], Message] = {}

    def add(
        self, *, bot_id: int, chat_id: int, receipt: Receipt, content: Formatted, html: str = "",
        buttons: Keyboard | None = None, media: Media | None = None, **about: Any,
    ) -> Message:  # fmt: skip
        """Store a new message under the next seq and message_id; `about` is further fields of `Message`."""
        self._last_message_id += 1
        message = Message(bot_id, chat_id, self._last_message_id, **about)
        self._by_place[bot_id, chat_id, message.message_id] = message
        self._append(message, receipt, content, html, buttons or [], media)
        if len(self._by_seq) > self._keep_messages:
            oldest = self._by_seq.pop(next(iter(self._by_seq)))
            del self._by_place[oldest.bot_id, oldest.chat_id, oldest.message_id]
        return message

    def edit(
        self, message: Message, *, receipt: Receipt, content: Formatted, html: str, buttons: Keyboard,
        media: Media | None,
    ) -> None:  # fmt: skip
        """Give a stored message a new version under the next seq."""
        del self._by_seq[message.current.seq]
        self._append(message, receipt, content, html, buttons, media)

    def delete(self, message: Message, deleted_at: float) -> None:
        """Take a message out of the inbox, and note that (`deleted_at` in unix s)."""
        del self._by_seq[message.current.seq]
        del self._by_place[message.bot_id, message.chat_id, message.message_id]
        self.deletions.append(
            {
                "chat_id": message.chat_id,
                "message_id": message.message_id,
                "from": None if message.sender is None else message.sender["id"],
                "text": message.current.content.text,
                "deleted_at": deleted_at,
            }
        )
        self.changed.set()

    def find(self, bot_id: int, chat_id: int, message_id: int) -> Message | None:
        """The message of this bot's chat under this id, if it is still here."""
        return self._by_place.get((bot_id, chat_id, message_id))

    def since(self, seq: int = 0, chat_id: int | None = None) -> list[Message]:
        """What bots sent, new or edited after `seq`, oldest change first."""
        return [m for m in self._after(seq) if m.sender is None and chat_id in (None, m.chat_id)]

    def conversation(self, chat_id: int) -> list[Message]:
        """Everything in a chat, people's messages too, in the order in which a phone shows it."""
        found = [m for m in self._by_seq.values() if m.chat_id == chat_id]
        return sorted(found, key=lambda m: m.message_id)

    def clear(self) -> None:
        """Forget all messages; numbering goes on."""
        self._by_seq.clear()
        self._by_place.clear()
        self.deletions.clear()

    def _append(
        self, message: Message, receipt: Receipt, content: Formatted, html: str, buttons: Keyboard, media: Media | None
    ) -> None:
        self.last_seq += 1
        message.versions.append(Version(self.last_seq, receipt, content, html, buttons, media))
        self._by_seq[self.last_seq] = message
        self.changed.set()

    def _after(self, seq: int) -> Iterator[Message]:
        newest_first = []
        for stored in reversed(self._by_seq):
            if stored <= seq:
                break
            newest_first.append(self._by_seq[stored])
        return reversed(newest_first)
