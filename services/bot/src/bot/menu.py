"""The main menu."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import keyboard
from bot.conversation import Conversation

MENU: Sequence[Sequence[tuple[str, Action]]] = (((msgid("🏪 Shops"), Action.CABINETS),),)
"""Rows of buttons: what each says, and does."""


def menu(talk: Conversation) -> InlineKeyboardMarkup:
    """The main menu for this person."""
    return keyboard(*([talk.button(text, action) for text, action in row] for row in MENU))
