"""Buttons: made for a chat, and read again when they are pressed there."""

from uuid import UUID

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from servicekit.callback_data import Forged, pack, unpack

from bot.actions import Action

NUMBER_BYTES = 8
UUID_BYTES = 16

Part = UUID | int | str | bytes
Row = list[InlineKeyboardButton]


class Press:
    """What a pressed button says: its action, and its body part by part, in the order they were put in."""

    def __init__(self, action: Action, body: bytes = b"") -> None:
        self.action = action
        self.body = body
        self._at = 0

    def uuid(self) -> UUID:
        """The next 16 bytes.

        Raises:
            Forged: there are fewer; the button is of another version of the bot.
        """
        return UUID(bytes=self.taken(UUID_BYTES))

    def number(self) -> int:
        """The next 8 bytes; see `uuid` for what is raised."""
        return int.from_bytes(self.taken(NUMBER_BYTES), signed=True)

    def byte(self) -> int:
        """The next byte; see `uuid` for what is raised."""
        return self.taken(1)[0]

    def taken(self, count: int) -> bytes:
        """The next `count` bytes; see `uuid` for what is raised."""
        taken = self.body[self._at : self._at + count]
        if len(taken) < count:
            raise Forged("the button says less than it should")
        self._at += count
        return taken

    def text(self) -> str:
        """All that is left, as text."""
        return self.rest().decode(errors="replace")

    def rest(self) -> bytes:
        """All that is left."""
        left, self._at = self.body[self._at :], len(self.body)
        return left


class Buttons:
    """Makes and reads the buttons of one chat."""

    def __init__(self, key: bytes, chat_id: int) -> None:
        self._key = key
        self._chat_id = chat_id

    def data(self, action: Action, *parts: Part) -> str:
        """`callback_data`: a UUID takes 16 of 28 bytes, a number 8, a text its UTF-8; texts stand last."""
        return pack(action.value, b"".join(map(_bytes, parts)), key=self._key, chat_id=self._chat_id)

    def button(self, text: str, action: Action, *parts: Part) -> InlineKeyboardButton:
        """A button with this text."""
        return InlineKeyboardButton(text=text, callback_data=self.data(action, *parts))

    def read(self, data: str) -> Press:
        """What a pressed button says.

        Raises:
            Forged: it is none of ours, or of another chat.
        """
        action, body = unpack(data, key=self._key, chat_id=self._chat_id)
        try:
            return Press(Action(action), body)
        except ValueError as error:
            raise Forged(f"no button does {action!r} any more") from error


def keyboard(*rows: Row) -> InlineKeyboardMarkup:
    """Buttons under a message, row by row; empty rows are left out."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def _bytes(part: Part) -> bytes:
    if isinstance(part, UUID):
        return part.bytes
    if isinstance(part, int):
        return part.to_bytes(NUMBER_BYTES, signed=True)
    return part.encode() if isinstance(part, str) else part
