"""One value of the settings: its presets as buttons, or written in words; and the time zone."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from contracts.notification_settings import Quiet
from pulse_client.api.notifications import change_notification_settings
from pulse_client.models import ChangeSettings, Settings
from servicekit.callback_data import Forged
from servicekit.translation import Code, msgid

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import answers, pressed
from bot.gateway import GatewayProblem
from bot.handlers.entering import LETTERS, Entered, change, entered, shop_name_of
from bot.handlers.settings import show_kind_page, show_overview
from bot.prompts import Answered
from bot.views import settings as views
from bot.views.reader import Reader
from bot.wanted import Place

MOST_ITEMS = 500
MAX_NM_ID = 10**12
INHERITED = 255
"""The preset that says nothing."""

PRESETS: Mapping[str, Sequence[Any]] = {
    "above": (0, 1_000, 3_000, 5_000, 10_000, 30_000),
    "only_nm_ids": ([],),
    "quiet": (("22:00", "08:00"), ("23:00", "09:00"), ("00:00", "07:00"), ("00:00", "00:00")),
    "group_after": (0, 3, 5, 10, 20, 50),
    "digest_at": ("00:00", "07:00", "08:00", "09:00", "10:00", "20:00"),
}
ZONES = {
    "Europe/Kaliningrad": msgid("Kaliningrad"),
    "Europe/Moscow": msgid("Moscow"),
    "Europe/Samara": msgid("Samara"),
    "Asia/Yekaterinburg": msgid("Yekaterinburg"),
    "Asia/Omsk": msgid("Omsk"),
    "Asia/Krasnoyarsk": msgid("Krasnoyarsk"),
    "Asia/Irkutsk": msgid("Irkutsk"),
    "Asia/Yakutsk": msgid("Yakutsk"),
    "Asia/Vladivostok": msgid("Vladivostok"),
    "Asia/Kamchatka": msgid("Kamchatka"),
}
QUESTIONS = {
    "above": msgid("💰 From which amount on? Write a number, in the currency of the order: 2500"),
    "only_nm_ids": msgid("👕 Of which items? Write their WB articles, 500 at most: 214503977, 7000001"),
    "quiet": msgid("🌙 From when until when? Write it like this: 22:30–8:00"),
    "digest_at": msgid("🗞 At which hour? Write it like this: 8:30"),
}
REFUSALS = {
    "above": msgid("That is no amount: digits, and two decimals at most."),
    "only_nm_ids": msgid("Those are no WB articles: numbers alone, 500 at most."),
    "quiet": msgid("I do not understand these hours."),
    "digest_at": msgid("I do not understand this hour."),
}
_AMOUNT = re.compile(r"[0-9]{1,12}([.,][0-9]{1,2})?")
_HOUR = r"([01]?[0-9]|2[0-3])(?:[:.]([0-5][0-9]))?"
_HOURS = re.compile(rf"{_HOUR}\s*[-–—]\s*{_HOUR}")


def router() -> Router:
    """Values."""
    made = Router(name="setting_values")
    made.callback_query.register(choose, pressed(Action.SETTINGS_VALUE))
    made.callback_query.register(take_preset, pressed(Action.SETTINGS_SET))
    made.callback_query.register(ask, pressed(Action.SETTINGS_WRITE))
    made.message.register(take_written, answers(Action.SETTINGS_WRITE))
    made.callback_query.register(choose_zone, pressed(Action.SETTINGS_ZONE))
    made.callback_query.register(ask_zone, pressed(Action.SETTINGS_ZONE_WRITE))
    made.message.register(take_zone, answers(Action.SETTINGS_ZONE_WRITE))
    return made


async def choose(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """What it is now, and what it can be."""
    place, value = _value_at(press)
    now = await entered(talk)
    at = place.packed() + _letter(value)
    buttons = [
        talk.buttons.button(_shown(talk.reader, value, preset), Action.SETTINGS_SET, at, bytes((number,)))
        for number, preset in enumerate(PRESETS[value])
    ]
    ways = [talk.button("↩️ As less special settings say", Action.SETTINGS_SET, at, bytes((INHERITED,)))]
    if value in QUESTIONS:
        ways.insert(0, talk.button("✍️ Another", Action.SETTINGS_WRITE, at))
    await talk.show(
        views.chooser(talk.reader, now.settings, place, await shop_name_of(talk, place), value),
        keyboard(
            *(buttons[first : first + 3] for first in range(0, len(buttons), 3)),
            ways,
            [talk.button("⬅️ Back", Action.SETTINGS_KIND if place.kind else Action.SETTINGS, place.packed())],
        ),
    )


async def take_preset(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """A preset, or what less special settings say."""
    place, value = _value_at(press)
    number = press.byte()
    if number != INHERITED and number >= len(PRESETS[value]):
        raise Forged("no preset")
    said = None if number == INHERITED else PRESETS[value][number]
    if value == "quiet" and said is not None:
        said = {"since": said[0], "until": said[1]}
    await _take(talk, place, value, said)


async def ask(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """A value in words."""
    place, value = _value_at(press)
    await talk.ask(talk.text(QUESTIONS[value]), Action.SETTINGS_WRITE, place.packed(), _letter(value))


async def take_written(_: Message, talk: Conversation, answered: Answered) -> None:
    """What was written; asked again where it is not understood."""
    place, value = _value_at(answered.press)
    said = _READ[value](answered.text)
    if said is None:
        text = f"{talk.text(REFUSALS[value])}\n{talk.text(QUESTIONS[value])}"
        await talk.ask(text, Action.SETTINGS_WRITE, place.packed(), _letter(value))
        return
    await _take(talk, place, value, said)


async def choose_zone(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The zones of Russia as buttons; one that was pressed is taken."""
    if press.body:
        number = press.byte()
        if number >= len(ZONES):
            raise Forged("no zone")
        await _take_zone(talk, list(ZONES)[number])
        return
    buttons = [talk.button(text, Action.SETTINGS_ZONE, bytes((number,))) for number, text in enumerate(ZONES.values())]
    rows: list[Row] = [buttons[first : first + 2] for first in range(0, len(buttons), 2)]
    await talk.show(
        talk.text("🌍 In which zone are hours meant and told?"),
        keyboard(*rows, [talk.button("✍️ Another", Action.SETTINGS_ZONE_WRITE), talk.button("⬅️ Back", Action.SETTINGS)]),
    )


async def ask_zone(_: CallbackQuery, talk: Conversation) -> None:
    """A zone by its name."""
    await talk.ask(talk.text("🌍 Write the zone's IANA name: Asia/Almaty"), Action.SETTINGS_ZONE_WRITE)


async def take_zone(_: Message, talk: Conversation, answered: Answered) -> None:
    """The zone that was written; asked again where there is none."""
    name = answered.text.strip()
    try:
        if re.fullmatch(r"[A-Za-z0-9_+/-]{1,64}", name):
            await _take_zone(talk, name)
            return
    except GatewayProblem as problem:
        if problem.code != "zone_unknown":
            raise
    await talk.ask(talk.text("There is no such zone. Write it like this: Asia/Almaty"), Action.SETTINGS_ZONE_WRITE)


async def _take_zone(talk: Conversation, zone: str) -> None:
    changed: Settings = await talk.gateway.call(
        change_notification_settings.asyncio_detailed, body=ChangeSettings(zone=zone)
    )
    code: Code = "en" if talk.language.code == "en" else "ru"
    talk.choose_manner(code, changed.zone)
    await show_overview(talk, Place(), Entered.of(changed))


async def _take(talk: Conversation, place: Place, value: str, said: Any) -> None:
    now = await change(talk, place.rule(**{value: said}))
    await (show_kind_page if place.kind else show_overview)(talk, place, now)


def _value_at(press: Press) -> tuple[Place, str]:
    place, letter = Place.read(press), press.taken(1).decode(errors="replace")
    if letter not in LETTERS:
        raise Forged("no value of the settings")
    return place, LETTERS[letter]


def _letter(value: str) -> bytes:
    return value[0].encode()


def _shown(reader: Reader, value: str, preset: Any) -> str:
    match value:
        case "above":
            return reader.language.money(Decimal(preset), "RUB") if preset else reader.text("any")
        case "only_nm_ids":
            return reader.text("every one")
        case "quiet":
            return f"🌙 {views.hours(reader, Quiet(since=preset[0], until=preset[1]))}"
        case "group_after":
            return views.group_words(reader, preset)
        case _:
            return views.digest_words(reader, preset)


def _amount(text: str) -> str | None:
    digits = "".join(text.split()).removesuffix("₽")
    return digits.replace(",", ".") if _AMOUNT.fullmatch(digits) else None


def _items(text: str) -> list[int] | None:
    words = re.split(r"[\s,;]+", text.strip(" ,;\n"))
    if not 0 < len(words) <= MOST_ITEMS or not all(re.fullmatch(r"[0-9]{1,12}", word) for word in words):
        return None
    numbers = list(dict.fromkeys(int(word) for word in words))
    return numbers if all(0 < number < MAX_NM_ID for number in numbers) else None


def _hours(text: str) -> dict[str, str] | None:
    found = _HOURS.fullmatch(text.strip())
    if found is None:
        return None
    since, of_since, until, of_until = found.groups()
    return {"since": _hour(since, of_since), "until": _hour(until, of_until)}


def _one_hour(text: str) -> str | None:
    found = re.fullmatch(_HOUR, text.strip())
    return _hour(*found.groups()) if found else None


def _hour(hour: str, minute: str | None) -> str:
    return f"{int(hour):02d}:{minute or '00'}"


_READ: Mapping[str, Callable[[str], Any]] = {
    "above": _amount,
    "only_nm_ids": _items,
    "quiet": _hours,
    "digest_at": _one_hour,
}
