"""`/settings`: what is told of all shops or of one, kind by kind, and in which language; each with who says so."""

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from contracts.message_kinds import KINDS
from contracts.notification_settings import VALUES
from pulse_client.api.cabinets import list_cabinets
from pulse_client.api.notifications import change_notification_settings
from pulse_client.models import ChangeSettings, Settings
from servicekit.callback_data import Forged
from servicekit.translation import Code, msgid

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers.entering import Entered, change, entered, language_buttons, shop_name_of, value_button
from bot.shops import plain_name
from bot.views import settings as views
from bot.wanted import ALSO, CHANNELS, Place, is_on, still_told

FAMILIES = tuple(views.FAMILIES)
TO_KIND, TO_FAMILY = b"k", b"f"
MOST_SHOPS = 50


def router() -> Router:
    """Settings."""
    made = Router(name="settings")
    made.message.register(show, said("settings"))
    made.message.register(show_languages, said("language"))
    made.callback_query.register(show, pressed(Action.SETTINGS))
    made.callback_query.register(show_shops, pressed(Action.SETTINGS_SHOPS))
    made.callback_query.register(show_family, pressed(Action.SETTINGS_FAMILY))
    made.callback_query.register(show_kind, pressed(Action.SETTINGS_KIND))
    made.callback_query.register(turn, pressed(Action.SETTINGS_TURN))
    made.callback_query.register(turn_also, pressed(Action.SETTINGS_TURN_ALSO))
    made.callback_query.register(inherit, pressed(Action.SETTINGS_INHERIT))
    made.callback_query.register(set_language, pressed(Action.SETTINGS_LANGUAGE))
    return made


async def show(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """What counts for all shops, or for one."""
    await show_overview(talk, Place.read(press) if press else Place(), await entered(talk))


async def show_languages(_: Message, talk: Conversation) -> None:
    """The language alone."""
    await talk.say(talk.text("Which language?"), keyboard(language_buttons(talk)))


async def show_shops(_: CallbackQuery, talk: Conversation) -> None:
    """Whose own settings are to be seen."""
    shops = (await talk.gateway.call(list_cabinets.asyncio_detailed)).data
    rows = [
        [talk.buttons.button(f"🏪 {plain_name(shop)}", Action.SETTINGS, Place(shop.cabinet_id).packed())]
        for shop in shops[:MOST_SHOPS]
    ]
    back = talk.button("⬅️ Back", Action.SETTINGS)
    html = talk.text("What is set for one shop counts before what is set for all.")
    await talk.show(html, keyboard(*rows, [back]))


async def show_family(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The kinds of a family, each with whether it is told."""
    place, number = Place.read(press), press.byte()
    if number >= len(FAMILIES):
        raise Forged("no family of kinds")
    await _show_family(talk, place, FAMILIES[number], await entered(talk))


async def show_kind(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """All that counts for one kind."""
    await show_kind_page(talk, _of_a_kind(press), await entered(talk))


async def turn(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Told, or not: what the button says, also where it was pressed twice."""
    place, wanted = _of_a_kind(press), press.byte() == 1
    await _back(talk, place, press, await change(talk, place.rule(is_on=wanted)))


async def turn_also(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """What is told of the same things under other names is off, too."""
    place = _of_a_kind(press)
    also = [place.of_kind(kind).rule(is_on=False) for kind in ALSO.get(place.kind or "", ())]
    await _back(talk, place, press, await change(talk, *also))


async def inherit(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """What was said here is said no more: less special settings count."""
    place = Place.read(press)
    now = await change(talk, place.rule(**dict.fromkeys(VALUES)))
    await (show_kind_page if place.kind else show_overview)(talk, place, now)


async def set_language(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The language of the bot and of messages."""
    code: Code = "en" if press.text() == "en" else "ru"
    body = ChangeSettings(language=code)
    changed: Settings = await talk.gateway.call(change_notification_settings.asyncio_detailed, body=body)
    talk.choose_manner(code)
    await show_overview(talk, Place(), Entered.of(changed))


async def show_overview(talk: Conversation, place: Place, now: Entered) -> None:
    """Settings of all kinds at a place, and the ways to each."""
    at = place.packed()
    families = [
        talk.button(text, Action.SETTINGS_FAMILY, at, bytes((number,)))
        for number, text in enumerate(views.FAMILIES.values())
    ]
    of_all: list[Row] = []
    if place == Place():
        zone = talk.button("🌍 Time zone", Action.SETTINGS_ZONE)
        of_all = [[zone, talk.button("🏪 One shop's own", Action.SETTINGS_SHOPS)], language_buttons(talk)]
    lower = [talk.button("🔕 All mutes", Action.MUTES), talk.button("📬 Where I am told", Action.TARGETS)]
    if place.cabinet_id:
        lower = [talk.button("🔕 Not for a while", Action.MUTE, at), talk.button("⬅️ Back", Action.SETTINGS_SHOPS)]
    elif place != Place():
        lower = [talk.button("⬅️ Back", Action.SETTINGS)]
    await talk.show(
        views.overview(talk.reader, now.settings, place, await shop_name_of(talk, place)),
        keyboard(
            *(families[first : first + 3] for first in range(0, len(families), 3)),
            [value_button(talk, place, "quiet"), value_button(talk, place, "group_after")],
            *_inheriting(talk, place, now),
            _channels(talk, place, Action.SETTINGS),
            *of_all,
            lower,
        ),
    )


async def show_kind_page(talk: Conversation, place: Place, now: Entered) -> None:
    """A kind at a place, and what can be said of it there."""
    at, kind = place.packed(), KINDS[place.kind or ""]
    values = [value_button(talk, place, value) for value in views.values_of(kind) if value != "is_on"]
    is_told = is_on(now.settings, place)
    turned = msgid("🔕 Turn off") if is_told else msgid("🔔 Turn on")
    turning = talk.button(turned, Action.SETTINGS_TURN, at, bytes((not is_told,)), TO_KIND)
    also = still_told(now.settings, place)
    number = FAMILIES.index(kind.family)
    await talk.show(
        views.kind_page(talk.reader, now.settings, place, await shop_name_of(talk, place)),
        keyboard(
            [turning, talk.button("🔕 Not for a while", Action.MUTE, at)],
            [talk.button("🔕 Turn these off, too", Action.SETTINGS_TURN_ALSO, at, TO_KIND)] if also else [],
            values,
            [value_button(talk, place, "quiet"), value_button(talk, place, "group_after")],
            *_inheriting(talk, place, now),
            _channels(talk, place, Action.SETTINGS_KIND),
            [talk.button("⬅️ Back", Action.SETTINGS_FAMILY, place.of_kind(None).packed(), bytes((number,)))],
        ),
    )


async def _show_family(talk: Conversation, place: Place, family: str, now: Entered) -> None:
    rows: list[Row] = []
    for kind in KINDS.values():
        if kind.family == family:
            of = place.of_kind(kind.name)
            is_told = is_on(now.settings, of)
            title = f"{'✅' if is_told else '🔕'} {views.title_of(talk.reader, kind)}"
            turning = talk.buttons.button(title, Action.SETTINGS_TURN, of.packed(), bytes((not is_told,)), TO_FAMILY)
            rows.append([turning, talk.buttons.button("⚙️", Action.SETTINGS_KIND, of.packed())])
    orders = place.of_kind("order_new")
    if family == "orders" and still_told(now.settings, orders):
        rows.append([talk.button("🔕 Turn these off, too", Action.SETTINGS_TURN_ALSO, orders.packed(), TO_FAMILY)])
    html = views.family(talk.reader, now.settings, place, await shop_name_of(talk, place), family)
    await talk.show(html, keyboard(*rows, [talk.button("⬅️ Back", Action.SETTINGS, place.packed())]))


async def _back(talk: Conversation, place: Place, press: Press, now: Entered) -> None:
    if press.rest() == TO_FAMILY:
        await _show_family(talk, place.of_kind(None), KINDS[place.kind or ""].family, now)
    else:
        await show_kind_page(talk, place, now)


def _of_a_kind(press: Press) -> Place:
    place = Place.read(press)
    if place.kind is None:
        raise Forged("no kind of messages")
    return place


def _inheriting(talk: Conversation, place: Place, now: Entered) -> list[Row]:
    """Where something is said at a place itself: a button that takes it back."""
    if (place.cabinet_id, place.kind, place.channel) not in now.settings.rule_of:
        return []
    return [[talk.button("↩️ Take back what is set here", Action.SETTINGS_INHERIT, place.packed())]]


def _channels(talk: Conversation, place: Place, action: Action) -> list[InlineKeyboardButton]:
    """The same in all channels, or in one of them."""
    row = [] if place.channel is None else [talk.button("📡 All", action, place.in_channel(None).packed())]
    others = [each for each in CHANNELS if each != place.channel]
    return row + [talk.button(views.CHANNEL_WORDS[each], action, place.in_channel(each).packed()) for each in others]
