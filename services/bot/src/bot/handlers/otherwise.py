"""What nothing else understands."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message
from servicekit.callback_data import Forged

from bot.conversation import Conversation
from bot.menu import menu


def router() -> Router:
    """The last router."""
    made = Router(name="otherwise")
    made.message.register(not_understood, F.chat.type == ChatType.PRIVATE)
    made.callback_query.register(not_known)
    return made


async def not_understood(_: Message, talk: Conversation) -> None:
    """In a private chat everything is answered."""
    await talk.say(talk.text("I did not understand that. Here is what I can do:"), menu(talk))


async def not_known(_: CallbackQuery) -> None:
    """A button of another version of the bot."""
    raise Forged("no handler for this button")
