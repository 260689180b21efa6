"""What nothing else understands."""

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import Message

from bot.conversation import Conversation
from bot.menu import menu


def router() -> Router:
    """The last router."""
    made = Router(name="otherwise")
    made.message.register(not_understood, F.chat.type == ChatType.PRIVATE)
    return made


async def not_understood(_: Message, talk: Conversation) -> None:
    """In a private chat everything is answered."""
    await talk.say(talk.text("I did not understand that. Here is what I can do:"), menu(talk))
