"""The main menu."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import keyboard
from bot.conversation import Conversation

MENU: Sequence[Sequence[tuple[str, Action]]] = (
    ((msgid("🧾 Orders"), Action.ORDERS), (msgid("📊 Analytics"), Action.ANALYTICS)),
    ((msgid("👕 Items"), Action.ITEMS), (msgid("📦 Stocks"), Action.STOCKS)),
    ((msgid("🔤 ABC"), Action.ABC), (msgid("🚚 What to send"), Action.REPLENISH)),
    ((msgid("⭐ Reviews"), Action.REVIEWS), (msgid("❓ Questions"), Action.QUESTIONS)),
    ((msgid("🔔 Alerts"), Action.ALERTS), (msgid("🗞 Digests"), Action.DIGESTS)),
    ((msgid("🔄 Sync"), Action.SYNCS), (msgid("🏪 Shops"), Action.CABINETS)),
    ((msgid("⚙️ Settings"), Action.SETTINGS),),
)
"""Rows of buttons: what each says, and does."""


def menu(talk: Conversation) -> InlineKeyboardMarkup:
    """The main menu for this person."""
    return keyboard(*([talk.button(text, action) for text, action in row] for row in MENU))
