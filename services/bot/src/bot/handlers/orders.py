"""`/orders`, `/orders what to look for`: a list that is turned over, filtered and searched in place, and one order."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton
from pulse_client.api.orders import get_order, list_orders
from pulse_client.models import AnsweredOrder
from pulse_client.types import UNSET
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import UUID_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers import paging
from bot.handlers.lists import ListView, Page, numbered, worded
from bot.listing import Listing
from bot.views import orders as views
from bot.views.reader import Reader


def router() -> Router:
    """Orders."""
    made = Router(name="orders")
    ORDERS.register(made)
    made.callback_query.register(opened, pressed(Action.ORDER))
    return made


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


def on_wb(talk: Conversation, nm_id: int) -> InlineKeyboardButton:
    """A button to the item's page."""
    url = f"https://www.wildberries.ru/catalog/{nm_id}/detail.aspx"
    return InlineKeyboardButton(text=talk.text("On WB"), url=url)


def _arguments(listing: Listing) -> dict[str, Any]:
    return {"state": listing.among(views.STATES) or UNSET, "text": listing.text or UNSET}


def _html(reader: Reader, page: Page) -> str:
    state = page.listing.among(views.STATES)
    orders, meta = page.answer.data, page.answer.meta
    return views.page(reader, orders, meta, state=state, text=page.listing.text, first=page.first, count=page.count)


ORDERS = ListView(
    Action.ORDERS,
    list_orders.asyncio_detailed,
    size=6,
    html=_html,
    cards=numbered(Action.ORDER, lambda order: order.order_id, UUID_BYTES),
    arguments=_arguments,
    command="orders",
    filters=worded(views.STATE_WORDS),
    search=Action.ORDERS_SEARCH,
    question=msgid("🔎 Write what to look for in orders: an item, its article, a brand, or a whole srid."),
)
