"""`/stocks`: what runs out first; one item size by size, and how long each lasts as a chart."""

from datetime import date
from typing import TYPE_CHECKING, Any

from aiogram import Router
from aiogram.types import CallbackQuery
from contracts.model import MOSCOW
from pulse_client.api.stocks import get_stock, list_stocks
from pulse_client.models import AnsweredStockByPlace, StockByPlace
from servicekit import clock
from servicekit.text import UNKNOWN

from bot.actions import Action
from bot.buttons import NUMBER_BYTES, Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers import paging
from bot.handlers.lists import ListView, Page, numbered, worded
from bot.handlers.orders import on_wb
from bot.handlers.pictures import show_picture
from bot.listing import Listing
from bot.views import stocks as views
from bot.views.lines import amount, day_of, freshness, titled
from bot.views.reader import Reader

if TYPE_CHECKING:
    from bot.charts import stock


def router() -> Router:
    """Stocks."""
    made = Router(name="stocks")
    STOCKS.register(made)
    made.callback_query.register(opened, pressed(Action.ITEM_STOCK))
    made.callback_query.register(forecast, pressed(Action.FORECAST))
    return made


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One item. Under a message of an order it is told beside it, in the list in place of it."""
    nm_id = press.number()
    listing = Listing.read(press, talk.remembered)
    answer: AnsweredStockByPlace = await talk.gateway.call(get_stock.asyncio_detailed, nm_id)
    await talk.show(
        views.card(talk.reader, answer.data, answer.meta),
        keyboard(
            [
                talk.button("📉 Forecast", Action.FORECAST, nm_id),
                talk.button("👕 Item", Action.ITEM, nm_id),
                on_wb(talk, nm_id),
            ],
            [paging.back(talk, Action.STOCKS, listing)],
        ),
    )


async def forecast(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """How long each size lasts, as a chart."""
    nm_id = press.number()
    answer: AnsweredStockByPlace = await talk.gateway.call(get_stock.asyncio_detailed, nm_id)
    item, reader = answer.data, talk.reader
    today = clock.now().astimezone(MOSCOW).date()
    title = titled(item.title, item.vendor_code, nm_id)
    note = freshness(reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import stock

        return stock.draw(sizes_left(item, today), today, reader, title=_plain(item), note=note)

    caption = f"📉 <b>{title}</b>\n{talk.text('Lasts: {lasts}', lasts=views.lasts(reader, item.total))}\n\n{note}"
    await show_picture(talk, draw, caption, keyboard([talk.button("📦 Stock", Action.ITEM_STOCK, nm_id)]))


def sizes_left(item: StockByPlace, today: date) -> "list[stock.Left]":
    """What a chart needs of each size; of an item without sizes the whole."""
    from bot.charts import stock

    left = []
    for size in item.sizes or (item.total,):
        label = getattr(size, "tech_size", None)
        pieces = views.both(size)
        if pieces is not None:
            left.append(
                stock.Left(
                    name=label if isinstance(label, str) and label != "0" else "",
                    pieces=pieces,
                    per_day=amount(size.orders_per_day),
                    earliest=day_of(size.runs_out_earliest),
                    latest=day_of(size.runs_out_latest),
                )
            )
    return left


def _plain(item: StockByPlace) -> str:
    return item.title or item.vendor_code or str(item.nm_id) or UNKNOWN


def _arguments(listing: Listing) -> dict[str, Any]:
    return {"state": listing.among(views.STATES), "sort": "days_left"}


def _html(reader: Reader, page: Page) -> str:
    state = page.listing.among(views.STATES)
    items, meta = page.answer.data, page.answer.meta
    return views.page(reader, items, meta, state=state, first=page.first, count=page.count)


def _more(talk: Conversation, listing: Listing) -> Row:
    same = Listing(shop=listing.shop).packed(talk.remembered)
    return [talk.button("🚚 What to send", Action.REPLENISH, same)]


STOCKS = ListView(
    Action.STOCKS,
    list_stocks.asyncio_detailed,
    size=8,
    html=_html,
    cards=numbered(Action.ITEM_STOCK, lambda item: item.nm_id, NUMBER_BYTES),
    arguments=_arguments,
    command="stocks",
    filters=worded(views.STATE_WORDS),
    more=_more,
)
