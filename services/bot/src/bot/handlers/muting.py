"""What is not to be told for a while: of an item, by the button under a message; and all of it, to be taken back."""

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from pulse_client.api.notifications import get_notification_settings, mute_notifications, unmute_notifications
from pulse_client.models import AnsweredSettings, EnteredMute, Mute, MuteFor
from servicekit import clock
from servicekit.text import name
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed

LENGTHS = (
    (1, msgid("🔕 1 hour")),
    (24, msgid("🔕 A day")),
    (7 * 24, msgid("🔕 A week")),
    (30 * 24, msgid("🔕 30 days")),
)
"""Hours, and what the button says."""

SHOWN = 20
KIND_UNITS = 40


def router() -> Router:
    """Mutes."""
    made = Router(name="muting")
    made.callback_query.register(how_long, pressed(Action.MUTE_ITEM))
    made.callback_query.register(mute, pressed(Action.MUTE_ITEM_FOR))
    made.callback_query.register(unmute, pressed(Action.UNMUTE_ITEM))
    made.callback_query.register(show, pressed(Action.MUTES))
    return made


async def how_long(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """For how long nothing is to be told of an item; in a message of its own, the one about the item stays."""
    nm_id = press.number()
    buttons = [talk.button(text, Action.MUTE_ITEM_FOR, nm_id, hours) for hours, text in LENGTHS]
    await talk.say(
        talk.text("Say nothing of item {nm_id} for how long? Only to you; others are told as before.", nm_id=nm_id),
        keyboard(buttons[:2], buttons[2:]),
    )


async def mute(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Nothing is told of it until then."""
    nm_id, hours = press.number(), press.number()
    muted: EnteredMute = await talk.gateway.call(
        mute_notifications.asyncio_detailed, body=MuteFor(nm_id=nm_id, hours=hours)
    )
    await talk.show(
        talk.text("🔕 Nothing is told of item {nm_id} until {moment}.", nm_id=nm_id, moment=talk.moment(muted.until)),
        keyboard([talk.button("🔔 Tell again", Action.UNMUTE_ITEM, nm_id), talk.button("🔕 All mutes", Action.MUTES)]),
    )


async def unmute(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """It is told of again; what was left out meanwhile is not."""
    nm_id = press.number()
    await talk.gateway.call(unmute_notifications.asyncio_detailed, nm_id=nm_id)
    await talk.show(talk.text("🔔 Item {nm_id} is told of again.", nm_id=nm_id))


async def show(_: Message | CallbackQuery, talk: Conversation) -> None:
    """All that is muted, with its end; items can be told of again."""
    answer: AnsweredSettings = await talk.gateway.call(get_notification_settings.asyncio_detailed)
    mutes = [mute for mute in answer.data.mutes if mute.until > clock.now()]
    lines = [f"<b>{talk.text('🔕 Nothing is told of')}</b>", *(_line(talk, mute) for mute in mutes[:SHOWN])]
    if not mutes:
        lines.append(talk.text("Nothing is muted."))
    await talk.show("\n".join(lines), keyboard(*_buttons(talk, mutes[:SHOWN])))


def _line(talk: Conversation, mute: Mute) -> str:
    what = []
    if mute.nm_id:
        what.append(talk.text("item {nm_id}", nm_id=mute.nm_id))
    if mute.kind:
        what.append(name(mute.kind, KIND_UNITS))
    if mute.cabinet_id:
        what.append(talk.text("in one shop"))
    of = ", ".join(what) or talk.text("anything")
    return f"• {of}: {talk.text('until {moment}', moment=talk.moment(mute.until))}"


def _buttons(talk: Conversation, mutes: list[Mute]) -> list[list[InlineKeyboardButton]]:
    # Mutes of items alone are made by buttons; others are the settings' own.
    items = [mute.nm_id for mute in mutes if mute.nm_id and not mute.kind and not mute.cabinet_id]
    rows = [[talk.button("🔔 {nm_id}", Action.UNMUTE_ITEM, nm_id, nm_id=nm_id)] for nm_id in items]
    return [*rows, [talk.button("⚙️ Settings", Action.SETTINGS)]]
