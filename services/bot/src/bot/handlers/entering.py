"""What handlers of settings have in common: what a person entered, and how he enters more."""

from dataclasses import dataclass
from typing import Any, Self

from aiogram.types import InlineKeyboardButton
from contracts.notification_settings import NotificationSettings
from pulse_client.api.cabinets import get_cabinet
from pulse_client.api.notifications import change_notification_settings, get_notification_settings
from pulse_client.models import AnsweredSettings, ChangeSettings, EnterRule, Settings
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import Row
from bot.conversation import Conversation
from bot.shops import shop_name
from bot.wanted import Place

LETTERS = {"a": "above", "o": "only_nm_ids", "q": "quiet", "g": "group_after", "d": "digest_at"}
"""Values that have a page of their own, by the letter that stands for them in buttons."""
BUTTONS = {
    "above": msgid("💰 Amount"),
    "only_nm_ids": msgid("👕 Only items"),
    "quiet": msgid("🌙 Quiet hours"),
    "group_after": msgid("📚 Together"),
    "digest_at": msgid("🗞 Hour"),
}


@dataclass(frozen=True)
class Entered:
    """Everything that a person said of what he wants to be told."""

    settings: NotificationSettings

    @classmethod
    def of(cls, answer: Settings) -> Self:
        """As the gateway answers it."""
        return cls(NotificationSettings.model_validate(answer.to_dict()))


async def entered(talk: Conversation) -> Entered:
    """What counts now."""
    answer: AnsweredSettings = await talk.gateway.call(get_notification_settings.asyncio_detailed)
    return Entered.of(answer.data)


async def change(talk: Conversation, *rules: dict[str, Any]) -> Entered:
    """Settings with what the rules say (`Place.rule`); what they say nothing of stays."""
    body = ChangeSettings(rules=[EnterRule.from_dict(rule) for rule in rules])
    changed: Settings = await talk.gateway.call(change_notification_settings.asyncio_detailed, body=body)
    return Entered.of(changed)


async def shop_name_of(talk: Conversation, place: Place) -> str:
    """What the place's shop is called, as HTML; empty where it names none."""
    if place.cabinet_id is None:
        return ""
    return shop_name((await talk.gateway.call(get_cabinet.asyncio_detailed, place.cabinet_id)).data)


def value_button(talk: Conversation, place: Place, value: str) -> InlineKeyboardButton:
    """To the page of a value."""
    letter = next(letter for letter, name in LETTERS.items() if name == value)
    return talk.button(BUTTONS[value], Action.SETTINGS_VALUE, place.packed(), letter)


def language_buttons(talk: Conversation) -> Row:
    """One for each language there is."""
    return [
        talk.buttons.button("🇷🇺 Русский", Action.SETTINGS_LANGUAGE, "ru"),
        talk.buttons.button("🇬🇧 English", Action.SETTINGS_LANGUAGE, "en"),
    ]
