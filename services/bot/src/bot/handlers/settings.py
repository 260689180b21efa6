"""`/settings`: the language, quiet hours, and which kinds of messages are told, for all shops of a person."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from contracts.notification_settings import NotificationSettings, resolved
from pulse_client.api.notifications import (
    change_notification_settings,
    get_notification_settings,
    list_message_kinds,
)
from pulse_client.models import (
    AnsweredSettings,
    ChangeSettings,
    EnterQuiet,
    EnterRule,
    ListedShownKind,
    Settings,
    ShownKind,
)
from servicekit.text import name
from servicekit.translation import Code, msgid

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said

FAMILIES = {
    "orders": msgid("🧾 Orders"),
    "stocks": msgid("📦 Stocks"),
    "prices": msgid("🏷 Prices"),
    "reviews": msgid("⭐ Reviews"),
    "money": msgid("💰 Money"),
    "digests": msgid("🗞 Digests"),
    "cabinet": msgid("🏪 Shops"),
    "team": msgid("👥 Members"),
    "channels": msgid("🔌 Channels"),
}
QUIET = (("22:00", "08:00"), ("23:00", "09:00"), ("00:00", "07:00"), ("00:00", "00:00"))
"""Presets; equal ones are none."""

EVERYTHING = (None, None, None)
"""The rule that names no cabinet, kind or channel."""


def router() -> Router:
    """Settings."""
    made = Router(name="settings")
    made.message.register(show, said("settings"))
    made.message.register(show_languages, said("language"))
    made.callback_query.register(show, pressed(Action.SETTINGS))
    made.callback_query.register(show_family, pressed(Action.SETTINGS_FAMILY))
    made.callback_query.register(turn_kind, pressed(Action.SETTINGS_KIND))
    made.callback_query.register(set_quiet, pressed(Action.SETTINGS_QUIET))
    made.callback_query.register(set_language, pressed(Action.SETTINGS_LANGUAGE))
    return made


async def show(_: Message | CallbackQuery, talk: Conversation) -> None:
    """What counts now, and what can be changed."""
    await _show(talk, await _settings(talk))


async def show_languages(_: Message, talk: Conversation) -> None:
    """The language alone."""
    await talk.say(talk.text("Which language?"), keyboard(_languages(talk)))


async def show_family(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The kinds of a family, each with whether it is told."""
    await _show_family(talk, press.text(), await _settings(talk))


async def turn_kind(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Told where it was not, and the other way round."""
    kind_name = press.text()
    settings = await _settings(talk)
    kind = next((each for each in await _kinds(talk) if each.name == kind_name), None)
    if kind is None:
        await show(_, talk)
        return
    changed = await _change(
        talk, EnterRule.from_dict({"kind": kind.name, "is_on": not _is_on(_document(settings), kind)})
    )
    await _show_family(talk, str(kind.family), changed)


async def set_quiet(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Quiet hours of a preset."""
    since, until = QUIET[press.byte() % len(QUIET)]
    await _show(talk, await _change(talk, EnterRule(quiet=EnterQuiet(since=since, until=until))))


async def set_language(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The language of the bot and of messages."""
    code: Code = "en" if press.text() == "en" else "ru"
    body = ChangeSettings(language=code)
    changed: Settings = await talk.gateway.call(change_notification_settings.asyncio_detailed, body=body)
    talk.choose_language(code)
    await _show(talk, changed)


async def _settings(talk: Conversation) -> Settings:
    answer: AnsweredSettings = await talk.gateway.call(get_notification_settings.asyncio_detailed)
    return answer.data


async def _kinds(talk: Conversation) -> list[ShownKind]:
    answer: ListedShownKind = await talk.gateway.call(list_message_kinds.asyncio_detailed)
    return answer.data


async def _change(talk: Conversation, rule: EnterRule) -> Settings:
    """Settings with what the rule says; what it says nothing of stays."""
    changed: Settings = await talk.gateway.call(
        change_notification_settings.asyncio_detailed, body=ChangeSettings(rules=[rule])
    )
    return changed


def _document(settings: Settings) -> NotificationSettings:
    return NotificationSettings.model_validate(settings.to_dict())


def _is_on(document: NotificationSettings, kind: ShownKind) -> bool:
    return resolved(document, None, kind.name, "telegram").is_on.value


async def _show(talk: Conversation, settings: Settings) -> None:
    rule = _document(settings).rule_of.get(EVERYTHING)
    quiet = rule.quiet if rule is not None else None
    hours = f"{quiet.since}–{quiet.until}" if quiet and quiet.since != quiet.until else talk.text("none")
    lines = [
        f"<b>{talk.text('⚙️ Settings of messages')}</b>",
        talk.text("Quiet hours: {hours}, {zone}", hours=hours, zone=name(settings.zone, 64)),
        talk.text("Choose what you are told of:"),
    ]
    families = [talk.button(text, Action.SETTINGS_FAMILY, family) for family, text in FAMILIES.items()]
    presets = [
        talk.button("🌙 {hours}", Action.SETTINGS_QUIET, bytes((at,)), hours=f"{since}–{until}")
        if since != until
        else talk.button("☀️ No quiet hours", Action.SETTINGS_QUIET, bytes((at,)))
        for at, (since, until) in enumerate(QUIET)
    ]
    await talk.show(
        "\n".join(lines),
        keyboard(
            *(families[at : at + 3] for at in range(0, len(families), 3)),
            presets[:2],
            presets[2:],
            _languages(talk),
            [talk.button("🔕 All mutes", Action.MUTES)],
        ),
    )


def _languages(talk: Conversation) -> list[Any]:
    return [
        talk.buttons.button("🇷🇺 Русский", Action.SETTINGS_LANGUAGE, "ru"),
        talk.buttons.button("🇬🇧 English", Action.SETTINGS_LANGUAGE, "en"),
    ]


async def _show_family(talk: Conversation, family: str, settings: Settings) -> None:
    kinds, document = [kind for kind in await _kinds(talk) if str(kind.family) == family], _document(settings)
    is_english = talk.language.code == "en"
    buttons = [
        [
            talk.buttons.button(
                f"{'✅' if _is_on(document, kind) else '🔕'} {kind.en if is_english else kind.ru}",
                Action.SETTINGS_KIND,
                kind.name,
            )
        ]
        for kind in kinds
    ]
    await talk.show(
        talk.text("A press turns a kind on or off, for all your shops."),
        keyboard(*buttons, [talk.button("⬅️ Back", Action.SETTINGS)]),
    )
