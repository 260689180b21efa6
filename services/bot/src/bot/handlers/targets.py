"""Where somebody is told beside his own chat: groups and topics by `/here`, e-mail addresses by a code."""

from collections.abc import Sequence
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pulse_client.api.cabinets import list_cabinets
from pulse_client.api.notifications import (
    confirm_target,
    enter_target,
    get_target,
    list_targets,
    remove_target,
    send_code,
    send_test_message,
)
from pulse_client.models import (
    AnsweredShownTarget,
    ConfirmTarget,
    EnterEmail,
    EnterTelegram,
    ListedShownTarget,
    ShownTarget,
)
from servicekit.text import name

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import answers, pressed, said
from bot.gateway import GatewayProblem
from bot.problems import WORDS, words
from bot.prompts import Answered
from bot.shops import plain_name, shop_name
from bot.views import targets as views

MOST = 20
"""Targets that one person can have."""
MOST_SHOPS = 50
ALL_SHOPS = UUID(int=0)
MAX_TITLE = 255
LONGEST_ADDRESS = 254
CODE_DIGITS = 6
HINT_UNITS = 80


def router() -> Router:
    """Targets."""
    made = Router(name="targets")
    made.message.register(here, said("here"))
    made.callback_query.register(enter_here, pressed(Action.HERE))
    made.message.register(show_list, said("targets"))
    made.callback_query.register(show_list, pressed(Action.TARGETS))
    made.callback_query.register(show_one, pressed(Action.TARGET))
    made.callback_query.register(ask_address, pressed(Action.TARGET_EMAIL))
    made.message.register(take_address, answers(Action.TARGET_EMAIL))
    made.callback_query.register(ask_code, pressed(Action.TARGET_CODE))
    made.message.register(take_code, answers(Action.TARGET_CODE))
    made.callback_query.register(send_another_code, pressed(Action.TARGET_ANOTHER_CODE))
    made.callback_query.register(send_test, pressed(Action.TARGET_TEST))
    made.callback_query.register(remove, pressed(Action.TARGET_REMOVE))
    return made


async def here(_: Message, talk: Conversation) -> None:
    """In a group: whether its members are told of his shops in this topic, and the way to the other."""
    if talk.is_private:
        await talk.say(
            talk.text(
                "Here you are told already. Write /here@{bot} in a group, or in a topic of it.", bot=await _bot(talk)
            ),
            keyboard([talk.button("📬 All places", Action.TARGETS)]),
        )
        return
    found = await _of_this_chat(talk)
    if found is not None and found.state == "active":
        await talk.say(views.card(talk.reader, found, await _shop_names(talk, found)), _one_markup(talk, found))
        return
    shops = (await talk.gateway.call(list_cabinets.asyncio_detailed)).data
    if not shops:
        await talk.say(talk.text("You have no shop yet. Connect one, or ask for an invitation."))
        return
    rows: list[Row] = [
        [talk.buttons.button(plain_name(shop), Action.HERE, shop.cabinet_id)] for shop in shops[:MOST_SHOPS]
    ]
    if len(shops) > 1:
        rows.insert(0, [talk.button("All shops", Action.HERE, ALL_SHOPS)])
    question = talk.text("Which shop is this chat to be told of? Everybody here will read its messages.")
    await talk.say(question, keyboard(*rows))


async def enter_here(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """This group, or this topic of it, is told of a shop, or of all of his."""
    cabinet_id, message = press.uuid(), talk.message
    if talk.is_private or message is None:
        await talk.toast(talk.text("This works in groups alone."))
        return
    title = (message.chat.title or "").strip()[:MAX_TITLE] or str(talk.chat_id)
    cabinets = None if cabinet_id == ALL_SHOPS else [cabinet_id]
    body = EnterTelegram(
        channel="telegram", chat_id=talk.chat_id, topic_id=talk.thread_id, title=title, cabinets=cabinets
    )
    entered: ShownTarget = await talk.gateway.call(enter_target.asyncio_detailed, body=body)
    await talk.show(views.card(talk.reader, entered, await _shop_names(talk, entered)), _one_markup(talk, entered))


async def show_list(_: Message | CallbackQuery, talk: Conversation) -> None:
    """All places where he is told."""
    await _show_list(talk)


async def show_one(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One place, and how it fares."""
    answer: AnsweredShownTarget = await talk.gateway.call(get_target.asyncio_detailed, press.uuid())
    await _show(talk, answer.data)


async def ask_address(_: CallbackQuery, talk: Conversation) -> None:
    """To which address? Never in a group."""
    if not talk.is_private:
        await talk.say(
            talk.text("An address is nobody else's business: write to me in private, @{bot}.", bot=await _bot(talk))
        )
        return
    await talk.ask(talk.text("✉️ Write the e-mail address. A code is sent there first."), Action.TARGET_EMAIL)


async def take_address(_: Message, talk: Conversation, answered: Answered) -> None:
    """A code is sent to the address, and asked for."""
    address = answered.text.strip()
    if not (3 <= len(address) <= LONGEST_ADDRESS and "@" in address):
        await talk.ask(talk.text(WORDS["address_malformed"]), Action.TARGET_EMAIL)
        return
    try:
        body = EnterEmail(channel="email", address=address)
        entered: ShownTarget = await talk.gateway.call(enter_target.asyncio_detailed, body=body)
    except GatewayProblem as problem:
        if problem.code != "address_malformed":
            raise
        await talk.ask(words(problem, talk.language), Action.TARGET_EMAIL)
        return
    await _ask_code(talk, entered)


async def ask_code(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Which code came by mail?"""
    answer: AnsweredShownTarget = await talk.gateway.call(get_target.asyncio_detailed, press.uuid())
    await _ask_code(talk, answer.data)


async def take_code(_: Message, talk: Conversation, answered: Answered) -> None:
    """The address is his where the code is right; asked again where it is not."""
    target_id = answered.press.uuid()
    code = "".join(answered.text.split())
    if not (code.isascii() and code.isdigit() and len(code) == CODE_DIGITS):
        await talk.ask(talk.text(WORDS["code_refused"]), Action.TARGET_CODE, target_id)
        return
    try:
        body = ConfirmTarget(code=code)
        confirmed: ShownTarget = await talk.gateway.call(confirm_target.asyncio_detailed, target_id, body=body)
    except GatewayProblem as problem:
        if problem.code != "code_refused":
            raise
        await talk.ask(words(problem, talk.language), Action.TARGET_CODE, target_id)
        return
    await _show(talk, confirmed)


async def send_another_code(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The code before is good no more."""
    await _ask_code(talk, await talk.gateway.call(send_code.asyncio_detailed, press.uuid()))


async def send_test(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """A message to see that it arrives."""
    await talk.gateway.call(send_test_message.asyncio_detailed, press.uuid())
    await talk.toast(talk.text("📨 A test message is on its way."))


async def remove(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Nothing is told there any more; it can be entered again."""
    await talk.gateway.call(remove_target.asyncio_detailed, press.uuid())
    await _show_list(talk, talk.text("🔕 Nothing is told there any more."))


async def _show_list(talk: Conversation, head: str = "") -> None:
    targets = await _targets(talk)
    rows = [
        [talk.buttons.button(views.called(talk.reader, each, units=60), Action.TARGET, each.target_id)]
        for each in targets
    ]
    if talk.is_private:
        rows.append([talk.button("✉️ Add an e-mail", Action.TARGET_EMAIL)])
    rows.append([talk.button("⚙️ Settings", Action.SETTINGS)])
    how = talk.text("In a group, or in a topic of it: /here@{bot}", bot=await _bot(talk))
    html = views.listed(talk.reader, targets, how)
    await talk.show(f"{head}\n\n{html}" if head else html, keyboard(*rows))


async def _show(talk: Conversation, target: ShownTarget) -> None:
    await talk.show(views.card(talk.reader, target, await _shop_names(talk, target)), _one_markup(talk, target))


async def _ask_code(talk: Conversation, target: ShownTarget) -> None:
    question = talk.text(
        "✉️ A code of 6 digits was sent to {hint}. Write it here; another one is sent by /targets.",
        hint=name(target.hint, HINT_UNITS),
    )
    await talk.ask(question, Action.TARGET_CODE, target.target_id, placeholder="123456")


def _one_markup(talk: Conversation, target: ShownTarget) -> InlineKeyboardMarkup:
    at = target.target_id
    rows: list[Row] = []
    if target.state == "unconfirmed":
        code = talk.button("✍️ Enter the code", Action.TARGET_CODE, at)
        rows.append([code, talk.button("🔁 Another code", Action.TARGET_ANOTHER_CODE, at)])
    if target.state == "active":
        rows.append([talk.button("📨 Test message", Action.TARGET_TEST, at)])
    rows.append([talk.button("🔕 Tell nothing there", Action.TARGET_REMOVE, at)])
    return keyboard(*rows, [talk.button("📬 All places", Action.TARGETS)])


async def _of_this_chat(talk: Conversation) -> ShownTarget | None:
    mine = [each for each in await _targets(talk) if each.channel == "telegram"]
    return next((each for each in mine if (each.chat_id, each.topic_id) == (talk.chat_id, talk.thread_id)), None)


async def _targets(talk: Conversation) -> Sequence[ShownTarget]:
    answer: ListedShownTarget = await talk.gateway.call(list_targets.asyncio_detailed, limit=MOST)
    return answer.data


async def _shop_names(talk: Conversation, target: ShownTarget) -> Sequence[str]:
    """What the shops that are told of there are called, as HTML; none: all of them."""
    if target.cabinets is None:
        return ()
    shops = (await talk.gateway.call(list_cabinets.asyncio_detailed)).data
    return [shop_name(shop) for shop in shops if shop.cabinet_id in target.cabinets]


async def _bot(talk: Conversation) -> str:
    return (await talk.bot.me()).username or ""
