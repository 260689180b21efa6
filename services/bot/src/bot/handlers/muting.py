"""What is not to be told for a while: an item, a kind or a shop; and all of it, to be taken back."""

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from contracts.message_kinds import KINDS
from pulse_client.api.cabinets import list_cabinets
from pulse_client.api.notifications import get_notification_settings, mute_notifications, unmute_notifications
from pulse_client.models import AnsweredSettings, EnteredMute, Mute, MuteFor
from pulse_client.types import UNSET
from servicekit import clock
from servicekit.text import name
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import Part, Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers.entering import shop_name_of
from bot.shops import plain_name
from bot.views.settings import title_of
from bot.wanted import Place, thing, thing_of

LENGTHS = (
    (1, msgid("🔕 1 hour")),
    (24, msgid("🔕 A day")),
    (7 * 24, msgid("🔕 A week")),
    (30 * 24, msgid("🔕 30 days")),
)
"""Hours, and what the button says."""

AMute = Mute | EnteredMute
HOURS_BYTES = 2
SHOWN = 20
KIND_UNITS = 40
SHOP_UNITS = 40


def router() -> Router:
    """Mutes."""
    made = Router(name="muting")
    made.callback_query.register(how_long_of_item, pressed(Action.MUTE_ITEM))
    made.callback_query.register(mute_item, pressed(Action.MUTE_ITEM_FOR))
    made.callback_query.register(how_long, pressed(Action.MUTE))
    made.callback_query.register(mute, pressed(Action.MUTE_FOR))
    made.callback_query.register(unmute, pressed(Action.UNMUTE))
    made.callback_query.register(show, pressed(Action.MUTES))
    return made


async def how_long_of_item(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """For how long nothing is to be told of an item; in a message of its own, the one about the item stays."""
    nm_id = press.number()
    await talk.say(
        talk.text("Say nothing of item {nm_id} for how long? Only to you; others are told as before.", nm_id=nm_id),
        keyboard(*_lengths(talk, Action.MUTE_ITEM_FOR, nm_id)),
    )


async def mute_item(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Nothing is told of it until then."""
    nm_id, hours = press.number(), _hours(press)
    await _mute(talk, MuteFor(nm_id=nm_id, hours=hours))


async def how_long(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """For how long nothing is to be told of a kind, or of a shop."""
    place = Place.read(press)
    kind = KINDS.get(place.kind or "")
    what = f"“{title_of(talk.reader, kind)}”" if kind else talk.text("anything")
    shop = await shop_name_of(talk, place) or talk.text("all your shops")
    back = talk.button("⬅️ Back", Action.SETTINGS_KIND if kind else Action.SETTINGS, place.packed())
    await talk.show(
        talk.text(
            "Say nothing of {what} ({shop}) for how long? What is critical comes all the same.", what=what, shop=shop
        ),
        keyboard(*_lengths(talk, Action.MUTE_FOR, place.packed()), [back]),
    )


async def mute(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Nothing is told of it until then, in no channel."""
    place, hours = Place.read(press), _hours(press)
    of = {"cabinet_id": str(place.cabinet_id) if place.cabinet_id else None, "kind": place.kind, "hours": hours}
    await _mute(talk, MuteFor.from_dict({key: value for key, value in of.items() if value is not None}))


async def unmute(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """It is told of again; what was left out meanwhile is not."""
    (cabinet_id, kind), nm_id = thing_of(press), press.number()
    await talk.gateway.call(
        unmute_notifications.asyncio_detailed, cabinet_id=cabinet_id or UNSET, kind=kind or UNSET, nm_id=nm_id or UNSET
    )
    await _show(talk, talk.text("🔔 It is told of again."))


async def show(_: Message | CallbackQuery, talk: Conversation) -> None:
    """All that is muted, each with its end and a button that ends it now."""
    await _show(talk)


async def _mute(talk: Conversation, wanted: MuteFor) -> None:
    muted: EnteredMute = await talk.gateway.call(mute_notifications.asyncio_detailed, body=wanted)
    what = _what(talk, muted, await _shops(talk, [muted]))
    await talk.show(
        talk.text("🔕 Nothing is told of {what} until {moment}.", what=what, moment=talk.moment(muted.until)),
        keyboard([_again(talk, muted, talk.text("🔔 Tell again")), talk.button("🔕 All mutes", Action.MUTES)]),
    )


async def _show(talk: Conversation, head: str = "") -> None:
    answer: AnsweredSettings = await talk.gateway.call(get_notification_settings.asyncio_detailed)
    mutes = [mute for mute in answer.data.mutes if mute.until > clock.now()]
    shown = sorted(mutes, key=lambda mute: mute.until)[:SHOWN]
    shops = await _shops(talk, shown)
    lines = [head, ""] if head else []
    lines.append(f"<b>{talk.text('🔕 Nothing is told of')}</b>")
    lines += [
        f"{number}. {_what(talk, mute, shops)}: {talk.text('until {moment}', moment=talk.moment(mute.until))}"
        for number, mute in enumerate(shown, 1)
    ]
    if not mutes:
        lines.append(talk.text("Nothing is muted."))
    buttons = [_again(talk, mute, f"🔔 {number}") for number, mute in enumerate(shown, 1)]
    rows: list[Row] = [buttons[first : first + 5] for first in range(0, len(buttons), 5)]
    await talk.show("\n".join(lines), keyboard(*rows, [talk.button("⚙️ Settings", Action.SETTINGS)]))


async def _shops(talk: Conversation, mutes: Sequence[AMute]) -> dict[str, str]:
    """What the shops that are named are called, as HTML."""
    if not any(mute.cabinet_id for mute in mutes):
        return {}
    shops = (await talk.gateway.call(list_cabinets.asyncio_detailed)).data
    return {str(shop.cabinet_id): name(plain_name(shop), SHOP_UNITS) for shop in shops}


def _what(talk: Conversation, mute: AMute, shops: dict[str, str]) -> str:
    what = []
    if mute.nm_id:
        what.append(talk.text("item {nm_id}", nm_id=mute.nm_id))
    if mute.kind:
        kind = KINDS.get(mute.kind)
        what.append(f"“{title_of(talk.reader, kind) if kind else name(mute.kind, KIND_UNITS)}”")
    if mute.cabinet_id:
        what.append(shops.get(str(mute.cabinet_id)) or talk.text("one shop"))
    return ", ".join(what) or talk.text("anything")


def _again(talk: Conversation, mute: AMute, text: str) -> InlineKeyboardButton:
    of = thing(mute.cabinet_id or None, mute.kind or None)
    return talk.buttons.button(text, Action.UNMUTE, of, mute.nm_id or 0)


def _lengths(talk: Conversation, action: Action, *of: Part) -> list[Row]:
    buttons = [talk.button(text, action, *of, hours.to_bytes(HOURS_BYTES)) for hours, text in LENGTHS]
    return [buttons[:2], buttons[2:]]


def _hours(press: Press) -> int:
    return int.from_bytes(press.taken(HOURS_BYTES))
