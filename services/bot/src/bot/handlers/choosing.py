"""Of which shop something is shown: where a person has several, one button under every view leads to each of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import CallbackQuery, InlineKeyboardMarkup
from pulse_client.api.cabinets import list_cabinets
from pulse_client.models import Cabinet, ListedCabinet, ProblemDetails
from pulse_client.types import Response
from servicekit.callback_data import Forged
from servicekit.text import name

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import NOT_MODIFIED, Conversation
from bot.filters import pressed
from bot.gateway import GatewayProblem
from bot.listing import ALL_SHOPS, SHOP_BYTES, Listing
from bot.shops import plain_name
from bot.views.lines import SHOP_UNITS

MOST_SHOPS = 50
ACTION_BYTES = 2
IN_A_ROW = 2


@dataclass(frozen=True)
class Chosen:
    """The shop that a view is of, None for all; and whether there is a choice."""

    shop: Cabinet | None
    has_choice: bool

    def named(self, html: str) -> str:
        """A message, and before it the shop that it is of."""
        return html if self.shop is None else f"🏪 {name(plain_name(self.shop), SHOP_UNITS)}\n{html}"

    def row(self, talk: Conversation, action: Action, listing: Listing) -> Row:
        """The button that leads to the shops; none where there is no choice."""
        if not self.has_choice:
            return []
        called = talk.text("All shops") if self.shop is None else plain_name(self.shop, SHOP_UNITS)
        place = action.value.encode().ljust(ACTION_BYTES) + listing.packed(talk.remembered, beside=ACTION_BYTES)
        return [talk.buttons.button(f"🏪 {called} ▾", Action.SHOP_CHOICE, place)]


def router() -> Router:
    """The choice of a shop."""
    made = Router(name="choosing")
    made.callback_query.register(choose, pressed(Action.SHOP_CHOICE))
    return made


async def choose(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The buttons under the view become those of the shops; the view stays until one is pressed."""
    try:
        action = Action(press.taken(ACTION_BYTES).decode().rstrip())
    except ValueError as error:
        raise Forged("a view of another version") from error
    listing = Listing.read(press, talk.remembered)
    shops = await _shops(talk)

    def to(text: str, shop: bytes) -> Row:
        return [talk.buttons.button(text, action, listing.of_shop(shop).packed(talk.remembered))]

    buttons = [to(plain_name(shop, SHOP_UNITS), code_of(shop))[0] for shop in shops[:MOST_SHOPS]]
    rows = [buttons[at : at + IN_A_ROW] for at in range(0, len(buttons), IN_A_ROW)]
    await _show_buttons(talk, keyboard(to(f"🏪 {talk.text('All shops')}", ALL_SHOPS), *rows))


async def respond(
    talk: Conversation,
    listing: Listing,
    operation: Callable[..., Awaitable[Response[Any | ProblemDetails]]],
    **arguments: Any,
) -> tuple[Any, httpx.Headers, Chosen]:
    """What the gateway answers of the listing's shop, or of all of them, with its headers, and which shop that is.

    Raises:
        GatewayProblem: also where the shop is not this person's any more.
    """
    if listing.shop == ALL_SHOPS:
        (answer, headers), shops = await asyncio.gather(talk.gateway.respond(operation, **arguments), _shops(talk))
        return answer, headers, Chosen(None, len(shops) > 1)
    shops = await _shops(talk)
    shop = next((each for each in shops if code_of(each) == listing.shop), None)
    if shop is None:
        raise GatewayProblem(404, "cabinet_not_found", "You have no such cabinet.", None)
    answer, headers = await talk.gateway.respond(operation, cabinet_id=shop.cabinet_id, **arguments)
    return answer, headers, Chosen(shop, has_choice=True)


def code_of(shop: Cabinet) -> bytes:
    """The shop among those of one person, as a `Listing` carries it."""
    return shop.cabinet_id.bytes[-SHOP_BYTES:]


async def _shops(talk: Conversation) -> Sequence[Cabinet]:
    answer: ListedCabinet = await talk.gateway.call(list_cabinets.asyncio_detailed)
    return answer.data


async def _show_buttons(talk: Conversation, markup: InlineKeyboardMarkup) -> None:
    message = talk.message
    try:
        if message is not None:
            await talk.bot.edit_message_reply_markup(
                chat_id=talk.chat_id, message_id=message.message_id, reply_markup=markup
            )
            return
    except TelegramBadRequest as error:
        if NOT_MODIFIED in error.message:
            return
    await talk.say(talk.text("Of which shop?"), markup)
