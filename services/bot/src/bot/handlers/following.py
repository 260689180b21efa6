"""Messages that follow something until it ends: edited only when they change, and as often as Telegram takes it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup

from bot.conversation import NOT_MODIFIED, Conversation
from bot.gateway import GatewayAway

GROUP_SECONDS = 4.0
"""A group takes 20 messages a minute, edits among them."""


@dataclass(frozen=True)
class Look:
    """How it stands now."""

    html: str
    markup: InlineKeyboardMarkup
    is_over: bool


async def follow(
    talk: Conversation, message_id: int, look: Callable[[], Awaitable[Look]], *, every: Iterable[float], shown: str = ""
) -> None:
    """Look again and again, `every` so many seconds, until it is over or `every` has ended; edit the message by it.

    What ends it early: that the message is gone. A gateway that is away is asked again at the next turn.
    """
    for seconds in every:
        await asyncio.sleep(seconds if talk.is_private else max(seconds, GROUP_SECONDS))
        try:
            seen = await look()
        except GatewayAway:
            continue
        if seen.html != shown and not await _edited(talk, message_id, seen):
            return
        shown = seen.html
        if seen.is_over:
            return


async def _edited(talk: Conversation, message_id: int, seen: Look) -> bool:
    try:
        await talk.bot.edit_message_text(
            seen.html, chat_id=talk.chat_id, message_id=message_id, reply_markup=seen.markup
        )
    except TelegramBadRequest as error:
        return NOT_MODIFIED in error.message
    return True
