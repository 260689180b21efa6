"""WB tokens: a message with one is deleted before anything else, then the shop is connected, or has a new one."""

from uuid import UUID

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, Message
from pulse_client.api.cabinets import connect_cabinet, replace_token
from pulse_client.models import Cabinet, ConnectCabinet, GiveToken

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import answers, pressed, said
from bot.gateway import GatewayProblem
from bot.pasted_tokens import token_in
from bot.problems import words
from bot.prompts import Answered
from bot.shops import shop_name, state_line, token_lines

log = structlog.get_logger()


def router() -> Router:
    """What is done with tokens. It is the first router: a token is a token whatever was asked."""
    made = Router(name="tokens")
    made.message.register(pasted, has_token)
    made.message.register(take_token, answers(Action.CONNECT, Action.REPLACE_TOKEN))
    made.message.register(ask_token, said("connect"))
    made.callback_query.register(ask_token, pressed(Action.CONNECT, Action.REPLACE_TOKEN))
    return made


async def has_token(_: Message, has_token: bool = False) -> bool:
    """Whether something in the message looks like a token."""
    return has_token


async def ask_token(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """Where a token is made, and that it is to be sent here; never in a group."""
    if not talk.is_private:
        me = await talk.bot.me()
        await talk.say(talk.text("Tokens are secret: write to me in private, @{bot}.", bot=me.username))
        return
    text = talk.text(
        "Send me the shop's <b>API token</b>. It is made in the seller's office: Settings → Access to API → "
        "<b>Personal token</b> with at least Content, Statistics and Analytics.\n\n"
        "I delete your message at once and keep the token encrypted."
    )
    if press is not None and press.action is Action.REPLACE_TOKEN:
        await talk.ask(text, Action.REPLACE_TOKEN, press.uuid(), placeholder="eyJ…")
    else:
        await talk.ask(text, Action.CONNECT, placeholder="eyJ…")


async def pasted(message: Message, talk: Conversation, answered: Answered | None = None) -> None:
    """A token, whether it was asked for or not."""
    is_deleted = await _delete(message)
    if not talk.is_private:
        text = talk.text(
            "⚠️ This was a Wildberries token. Others may have seen it here: withdraw it in the seller's office, make "
            "a new one, and send it to me in private."
        )
        if not is_deleted:
            text += "\n" + talk.text("I may not delete messages here: delete it yourself.")
        await talk.say(text)
        return
    await _use(talk, token_in(message.text or ""), answered, is_deleted=is_deleted)


async def take_token(message: Message, talk: Conversation, answered: Answered) -> None:
    """What was sent for a token, whatever it looks like."""
    is_deleted = await _delete(message)
    await _use(talk, token_in(answered.text), answered, is_deleted=is_deleted)


async def _use(talk: Conversation, token: str, answered: Answered | None, *, is_deleted: bool) -> None:
    if not is_deleted:
        await talk.say(talk.text("⚠️ I could not delete your message with the token: delete it yourself."))
    is_another = answered is not None and answered.press.action is Action.REPLACE_TOKEN
    asked: tuple[Action, UUID] | tuple[Action] = (Action.CONNECT,)
    try:
        if answered is not None and is_another:
            cabinet_id = answered.press.uuid()
            asked = Action.REPLACE_TOKEN, cabinet_id
            shop = await talk.gateway.call(replace_token.asyncio_detailed, cabinet_id, body=GiveToken(token=token))
        else:
            shop = await talk.gateway.call(connect_cabinet.asyncio_detailed, body=ConnectCabinet(token=token))
    except GatewayProblem as problem:
        if not problem.code.startswith("token_"):
            raise
        # The next message may be a better one.
        await talk.ask(words(problem, talk.language), *asked, placeholder="eyJ…")
        return
    done = talk.text("✅ <b>{shop}</b> has a new token.") if is_another else talk.text("✅ <b>{shop}</b> is connected.")
    await _tell(talk, shop, done.format(shop=shop_name(shop)))


async def _tell(talk: Conversation, shop: Cabinet, done: str) -> None:
    buttons = [talk.button("🏪 The shop", Action.CABINET, shop.cabinet_id), talk.button("« Menu", Action.MENU)]
    text = "\n".join([done, state_line(talk, shop), "", *token_lines(talk, shop.token)])
    await talk.say(text, keyboard(buttons))


async def _delete(message: Message) -> bool:
    try:
        return await message.delete()
    except TelegramAPIError as error:
        log.warning("token.not_deleted", error=f"{type(error).__name__}: {error.message}"[:300])
        return False
