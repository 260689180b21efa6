"""A message as a channel sends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

MAX_CAPTION_UNITS = 1024


@dataclass(frozen=True)
class Button:
    """A button that opens a page (`url`), or has the bot do something: an `action` of `servicekit.callback_data`."""

    text: str
    url: str | None = None
    action: str | None = None
    body: bytes = b""


@dataclass(frozen=True)
class Message:
    """Telegram HTML of at most 1024 UTF-16 units of text, the buttons under it, and where its photo lies."""

    html: str
    buttons: tuple[Button, ...] = ()
    photo: str | None = None


@dataclass(frozen=True)
class About:
    """What every message knows beside its payload: the shop, when its data were taken, and what time it is now."""

    shop_name: str | None
    data_at: datetime
    now: datetime
    is_edit: bool = False
    """The message stands in the chat already, and is written over."""


Render = Callable[[str, About], Message]
"""Makes a message of a payload."""
