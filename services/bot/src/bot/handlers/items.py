"""`/items`, `/items what to look for`: a list that is searched, and one item with its figures."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery
from pulse_client.api.products import get_product, list_products
from pulse_client.models import AnsweredProduct
from pulse_client.types import UNSET
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import NUMBER_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers import paging
from bot.handlers.lists import ListView, Page, numbered
from bot.handlers.orders import on_wb
from bot.listing import Listing
from bot.views import items as views
from bot.views.reader import Reader


def router() -> Router:
    """Items."""
    made = Router(name="items")
    ITEMS.register(made)
    made.callback_query.register(opened, pressed(Action.ITEM))
    return made


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One item."""
    nm_id = press.number()
    listing = Listing.read(press, talk.remembered)
    answer: AnsweredProduct = await talk.gateway.call(get_product.asyncio_detailed, nm_id)
    its_orders = Listing(text=str(nm_id), shop=listing.shop).packed(talk.remembered)
    await talk.show(
        views.card(talk.reader, answer.data, answer.meta),
        keyboard(
            [
                talk.button("📦 Stock", Action.ITEM_STOCK, nm_id),
                talk.button("📉 Forecast", Action.FORECAST, nm_id),
                on_wb(talk, nm_id),
            ],
            [talk.button("🧾 Its orders", Action.ORDERS, its_orders)],
            [paging.back(talk, Action.ITEMS, listing)],
        ),
    )


def _arguments(listing: Listing) -> dict[str, Any]:
    return {"text": listing.text or UNSET}


def _html(reader: Reader, page: Page) -> str:
    items, meta = page.answer.data, page.answer.meta
    return views.page(reader, items, meta, text=page.listing.text, first=page.first, count=page.count)


ITEMS = ListView(
    Action.ITEMS,
    list_products.asyncio_detailed,
    size=8,
    html=_html,
    cards=numbered(Action.ITEM, lambda item: item.nm_id, NUMBER_BYTES),
    arguments=_arguments,
    command="items",
    search=Action.ITEMS_SEARCH,
    question=msgid("🔎 Write what to look for in items: a part of the title, an article or a brand."),
)
