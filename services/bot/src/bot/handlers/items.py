"""`/items`, `/items what to look for`: a list that is searched, and one item with its figures."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.api.products import get_product, list_products
from pulse_client.models import AnsweredProduct, ListedListedProduct
from pulse_client.types import UNSET

from bot.actions import Action
from bot.buttons import NUMBER_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import Command, answers, pressed, said
from bot.handlers import paging
from bot.handlers.orders import on_wb
from bot.listing import Listing, searched
from bot.prompts import Answered
from bot.views import items as views
from bot.views.lines import how_many

SIZE = 8


def router() -> Router:
    """Items."""
    made = Router(name="items")
    made.message.register(asked, said("items"))
    made.callback_query.register(turned, pressed(Action.ITEMS))
    made.callback_query.register(search, pressed(Action.ITEMS_SEARCH))
    made.message.register(found, answers(Action.ITEMS_SEARCH))
    made.callback_query.register(opened, pressed(Action.ITEM))
    return made


async def asked(_: Message, talk: Conversation, command: Command) -> None:
    """All items, or those that have the words behind the command."""
    await show(talk, Listing(text=searched(command.arguments)))


async def turned(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Another page, or back from a card."""
    await show(talk, Listing.read(press, talk.remembered))


async def search(_: CallbackQuery, talk: Conversation) -> None:
    """What to look for?"""
    question = talk.text("🔎 Write what to look for in items: a part of the title, an article or a brand.")
    await talk.ask(question, Action.ITEMS_SEARCH)


async def found(_: Message, talk: Conversation, answered: Answered) -> None:
    """Items that have these words."""
    await show(talk, Listing(text=searched(answered.text)))


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One item."""
    nm_id = press.number()
    listing = Listing.read(press, talk.remembered)
    answer: AnsweredProduct = await talk.gateway.call(get_product.asyncio_detailed, nm_id)
    await talk.show(
        views.card(talk.reader, answer.data, answer.meta),
        keyboard(
            [
                talk.button("📦 Stock", Action.ITEM_STOCK, nm_id),
                talk.button("📉 Forecast", Action.FORECAST, nm_id),
                on_wb(talk, nm_id),
            ],
            [talk.button("🧾 Its orders", Action.ORDERS, Listing(text=str(nm_id)).packed(talk.remembered))],
            [paging.back(talk, Action.ITEMS, listing)],
        ),
    )


async def show(talk: Conversation, listing: Listing) -> None:
    """A page of items."""
    first = listing.page * SIZE
    answer: ListedListedProduct
    answer, headers = await talk.gateway.respond(
        list_products.asyncio_detailed, limit=SIZE, offset=first, text=listing.text or UNSET
    )
    html = views.page(
        talk.reader,
        answer.data,
        answer.meta,
        text=listing.text,
        first=first + 1,
        count=how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is")),
    )
    numbers = [item.nm_id for item in answer.data]
    await talk.show(
        html,
        keyboard(
            paging.cards(talk, Action.ITEM, listing, numbers, first=first + 1, beside=NUMBER_BYTES),
            paging.pages(talk, Action.ITEMS, listing, size=SIZE, has_more=answer.meta.next_cursor is not None),
            [talk.button("🔎 Search", Action.ITEMS_SEARCH)],
        ),
    )
