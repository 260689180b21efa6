"""A message as a channel sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID

from contracts.message_kinds import MessageKind
from contracts.model import MOSCOW
from servicekit.translation import Language, language

MAX_CAPTION_UNITS = 1024
MAX_TEXT_UNITS = 4096

RUSSIAN = language("notifier", "ru")


@dataclass(frozen=True)
class Button:
    """A button that opens a page (`url`), or has the bot do something: an `action` of `servicekit.callback_data`."""

    text: str
    url: str | None = None
    action: str | None = None
    body: bytes = b""


@dataclass(frozen=True)
class Message:
    """Telegram HTML, the buttons under it, and where its photo lies.

    Of at most 1024 UTF-16 units of text; a group of messages, which has no photo, of 4096.
    """

    html: str
    buttons: tuple[Button, ...] = ()
    photo: str | None = None


@dataclass(frozen=True)
class About:
    """What every message knows beside its payload: the shop, when its data were taken, what time it is now, and how its
    reader wants to be told."""

    shop_name: str | None
    data_at: datetime
    now: datetime
    is_edit: bool = False
    """The message stands in the chat already, and is written over."""
    was_told_as: MessageKind | None = None
    """That message, whatever only completed it since."""
    language: Language = RUSSIAN
    zone: tzinfo = MOSCOW
    delivery_id: UUID | None = None
    """By which somebody can ask why he was told."""

    def moment(self, at: datetime) -> str:
        """`20.11 14:07` in the reader's zone."""
        return self.language.moment(at, self.zone)


Render = Callable[[str, About], Message]
"""Makes a message of a payload."""
