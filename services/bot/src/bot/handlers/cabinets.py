"""Shops: the list, one of them, its name, and its end."""

from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pulse_client.api.cabinets import disconnect_cabinet, get_cabinet, list_cabinets, rename_cabinet
from pulse_client.models import CabinetDetails, RenameCabinet

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import answers, pressed, said
from bot.prompts import Answered
from bot.shops import ROLES, STATES, freshness_lines, plain_name, shop_name, state_line, token_lines

MAX_NAME_LENGTH = 100
MOST_SHOWN = 50


def router() -> Router:
    """What is done with shops, but for connecting one."""
    made = Router(name="cabinets")
    made.message.register(show_cabinets, said("cabinets"))
    made.callback_query.register(show_cabinets, pressed(Action.CABINETS))
    made.callback_query.register(show_cabinet, pressed(Action.CABINET))
    made.callback_query.register(ask_name, pressed(Action.RENAME))
    made.message.register(rename, answers(Action.RENAME))
    made.callback_query.register(ask_disconnect, pressed(Action.DISCONNECT))
    made.callback_query.register(disconnect, pressed(Action.DISCONNECT_SURE))
    return made


async def show_cabinets(_: Message | CallbackQuery, talk: Conversation) -> None:
    """Every shop of this person, with its state."""
    shops = (await talk.gateway.call(list_cabinets.asyncio_detailed)).data
    rows = [
        [talk.buttons.button(f"{STATES[shop.status]} {plain_name(shop)}", Action.CABINET, shop.cabinet_id)]
        for shop in shops[:MOST_SHOWN]
    ]
    rows.append([talk.button("➕ Connect a shop", Action.CONNECT), talk.button("« Menu", Action.MENU)])
    if not shops:
        await talk.show(talk.text("You have no shop yet. Connect one, or ask for an invitation."), keyboard(*rows))
        return
    lines = [f"<b>{talk.language.plural('{n} shop', '{n} shops', len(shops))}</b>"]
    lines += [f"{STATES[shop.status]} {shop_name(shop)} · {talk.text(ROLES[shop.role])}" for shop in shops[:MOST_SHOWN]]
    await talk.show("\n".join(lines), keyboard(*rows))


async def show_cabinet(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One shop: its state, what its token gives, how fresh it is, and what may be done with it."""
    shop = (await talk.gateway.call(get_cabinet.asyncio_detailed, press.uuid())).data
    await talk.show(cabinet_text(talk, shop), cabinet_buttons(talk, shop))


def cabinet_text(talk: Conversation, shop: CabinetDetails) -> str:
    """A shop in words."""
    lines = [f"<b>{shop_name(shop)}</b>", f"{talk.text('Your role')}: {talk.text(ROLES[shop.role])}"]
    lines += [state_line(talk, shop), "", *token_lines(talk, shop.token)]
    if fresh := freshness_lines(talk, shop):
        lines += ["", f"<b>{talk.text('Read at Wildberries')}</b>", *fresh]
    return "\n".join(lines)


def cabinet_buttons(talk: Conversation, shop: CabinetDetails) -> InlineKeyboardMarkup:
    """What this person may do with the shop by his role."""
    at = shop.cabinet_id
    rows = [[talk.button("👥 Members", Action.MEMBERS, at)]]
    if shop.role in ("owner", "manager"):
        rows[0].append(talk.button("✏️ Rename", Action.RENAME, at))
    if shop.role == "owner":
        rows.append(
            [talk.button("🔑 New token", Action.REPLACE_TOKEN, at), talk.button("⏏️ Disconnect", Action.DISCONNECT, at)]
        )
    else:
        rows.append([talk.button("🚪 Leave", Action.LEAVE, at)])
    rows.append([talk.button("« Shops", Action.CABINETS)])
    return keyboard(*rows)


async def ask_name(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """How it is to be called."""
    await talk.ask(talk.text("How shall I call this shop? (up to 100 characters)"), Action.RENAME, press.uuid())


async def rename(_: Message, talk: Conversation, answered: Answered) -> None:
    """It is called so from now on."""
    called = " ".join(answered.text.split())
    cabinet_id = answered.press.uuid()
    if len(called) > MAX_NAME_LENGTH:
        await talk.ask(talk.text("That is too long: 100 characters at most."), Action.RENAME, cabinet_id)
        return
    shop = await talk.gateway.call(rename_cabinet.asyncio_detailed, cabinet_id, body=RenameCabinet(name=called))
    await talk.say(talk.text("✅ The shop is called <b>{shop}</b> now.", shop=shop_name(shop)), _back(talk, cabinet_id))


async def ask_disconnect(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Whether he is sure: it cannot be undone."""
    cabinet_id = press.uuid()
    shop = (await talk.gateway.call(get_cabinet.asyncio_detailed, cabinet_id)).data
    text = talk.text(
        "Disconnect <b>{shop}</b>? Its token is erased at once, and all that Pulse stored of it soon after, for all "
        "its members. This cannot be undone.",
        shop=shop_name(shop),
    )
    sure = talk.button("Yes, disconnect", Action.DISCONNECT_SURE, cabinet_id)
    await talk.show(text, keyboard([sure], [talk.button("No, keep it", Action.CABINET, cabinet_id)]))


async def disconnect(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """It is over."""
    await talk.gateway.call(disconnect_cabinet.asyncio_detailed, press.uuid())
    await talk.show(
        talk.text("The shop is disconnected, and its token is erased."),
        keyboard([talk.button("« Shops", Action.CABINETS)]),
    )


def _back(talk: Conversation, cabinet_id: UUID) -> InlineKeyboardMarkup:
    return keyboard([talk.button("« Shop", Action.CABINET, cabinet_id)])
