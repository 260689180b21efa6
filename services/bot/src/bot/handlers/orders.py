"""`/orders`, `/orders what to look for`: a list that is turned over, filtered and searched in place, and one order."""

from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from pulse_client.api.orders import get_order, list_orders
from pulse_client.models import AnsweredOrder, ListedOrder
from pulse_client.types import UNSET

from bot.actions import Action
from bot.buttons import UUID_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import Command, answers, pressed, said
from bot.handlers import paging
from bot.listing import Listing, searched
from bot.prompts import Answered
from bot.views import orders as views
from bot.views.lines import how_many

SIZE = 6


def router() -> Router:
    """Orders."""
    made = Router(name="orders")
    made.message.register(asked, said("orders"))
    made.callback_query.register(turned, pressed(Action.ORDERS))
    made.callback_query.register(search, pressed(Action.ORDERS_SEARCH))
    made.message.register(found, answers(Action.ORDERS_SEARCH))
    made.callback_query.register(opened, pressed(Action.ORDER))
    return made


async def asked(_: Message, talk: Conversation, command: Command) -> None:
    """The newest orders, or those that have the words behind the command."""
    await show(talk, Listing(text=searched(command.arguments)))


async def turned(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Another page, another filter, or back from a card."""
    await show(talk, Listing.read(press, talk.remembered))


async def search(_: CallbackQuery, talk: Conversation) -> None:
    """What to look for?"""
    question = talk.text("🔎 Write what to look for in orders: an item, its article, a brand, or a whole srid.")
    await talk.ask(question, Action.ORDERS_SEARCH)


async def found(_: Message, talk: Conversation, answered: Answered) -> None:
    """Orders that have these words."""
    await show(talk, Listing(text=searched(answered.text)))


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One order."""
    order_id = press.uuid()
    listing = Listing.read(press, talk.remembered)
    answer: AnsweredOrder = await talk.gateway.call(get_order.asyncio_detailed, order_id)
    order = answer.data
    await talk.show(
        views.card(talk.reader, order, answer.meta),
        keyboard(
            [
                talk.button("📄 Report", Action.REPORT, order_id),
                talk.button("👕 Item", Action.ITEM, order.nm_id),
                talk.button("📦 Stock", Action.ITEM_STOCK, order.nm_id),
            ],
            [on_wb(talk, order.nm_id)],
            [paging.back(talk, Action.ORDERS, listing)],
        ),
    )


async def show(talk: Conversation, listing: Listing) -> None:
    """A page of orders."""
    state, first = listing.among(views.STATES), listing.page * SIZE
    answer: ListedOrder
    answer, headers = await talk.gateway.respond(
        list_orders.asyncio_detailed,
        limit=SIZE,
        offset=first,
        state=state or UNSET,
        text=listing.text or UNSET,
    )
    html = views.page(
        talk.reader,
        answer.data,
        answer.meta,
        state=state,
        text=listing.text,
        first=first + 1,
        count=how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is")),
    )
    ids: list[UUID] = [order.order_id for order in answer.data]
    await talk.show(
        html,
        keyboard(
            paging.cards(talk, Action.ORDER, listing, ids, first=first + 1, beside=UUID_BYTES),
            paging.pages(talk, Action.ORDERS, listing, size=SIZE, has_more=answer.meta.next_cursor is not None),
            *paging.filters(
                talk, Action.ORDERS, listing, [talk.text(views.STATE_WORDS[each]) for each in views.STATES]
            ),
            [talk.button("🔎 Search", Action.ORDERS_SEARCH)],
        ),
    )


def on_wb(talk: Conversation, nm_id: int) -> InlineKeyboardButton:
    """A button to the item's page."""
    url = f"https://www.wildberries.ru/catalog/{nm_id}/detail.aspx"
    return InlineKeyboardButton(text=talk.text("On WB ↗"), url=url)
