"""Questions of the bot that a person answers in words: a token, a name, an hour.

What the question was about stands in the question itself, signed, in a link nobody sees: whoever replies to it is
understood also by a process that was started since. Where somebody answers without replying, the last question of this
process to him in this chat counts.
"""

import html
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from aiogram.enums import MessageEntityType
from aiogram.types import Message
from servicekit.callback_data import Forged

from bot.buttons import Buttons, Press

MOST = 20_000
_INVISIBLE = "\u2060"


@dataclass(frozen=True)
class Answered:
    """An answer to a question of the bot."""

    press: Press
    """What was asked: an action and its body, as those of a button."""
    text: str


class Prompts:
    """The last question to each person in each chat, in the memory of this process."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._asked: OrderedDict[tuple[int, int], str] = OrderedDict()

    def asked(self, chat_id: int, telegram_id: int, data: str) -> None:
        """Remember what he was asked."""
        self._asked[chat_id, telegram_id] = data
        self._asked.move_to_end((chat_id, telegram_id))
        while len(self._asked) > self._most:
            self._asked.popitem(last=False)

    def forget(self, chat_id: int, telegram_id: int) -> None:
        """He did something else."""
        self._asked.pop((chat_id, telegram_id), None)

    def answered(self, message: Message, buttons: Buttons, bot_id: int) -> Answered | None:
        """The question that the message answers; None if it answers none."""
        if message.text is None or message.from_user is None:
            return None
        asked = message.reply_to_message
        if asked is not None:
            data = _hidden(asked) if asked.from_user and asked.from_user.id == bot_id else None
        else:
            data = self._asked.get((message.chat.id, message.from_user.id))
        if data is None:
            return None
        self.forget(message.chat.id, message.from_user.id)
        try:
            return Answered(buttons.read(data), message.text)
        except Forged:
            return None


def with_hidden(text: str, data: str, username: str) -> str:
    """The text of a question with what it is about, which nobody sees."""
    return f'<a href="{html.escape(f"https://t.me/{username}?asked={data}")}">{_INVISIBLE}</a>{text}'


def _hidden(asked: Message) -> str | None:
    for entity in asked.entities or ():
        if entity.type == MessageEntityType.TEXT_LINK and entity.url:
            said = parse_qs(urlsplit(entity.url).query).get("asked")
            if said:
                return said[0]
    return None
