"""`/stocks`: what runs out first; one item size by size, and how long each lasts as a chart."""

from datetime import date
from typing import TYPE_CHECKING

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from contracts.model import MOSCOW
from pulse_client.api.stocks import get_stock, list_stocks
from pulse_client.models import AnsweredStockByPlace, ListedItemStock, StockByPlace
from servicekit import clock
from servicekit.text import UNKNOWN

from bot.actions import Action
from bot.buttons import NUMBER_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers import paging
from bot.handlers.orders import on_wb
from bot.handlers.pictures import show_picture
from bot.listing import Listing
from bot.views import stocks as views
from bot.views.lines import amount, day_of, freshness, how_many, titled

if TYPE_CHECKING:
    from bot.charts import stock

SIZE = 8


def router() -> Router:
    """Stocks."""
    made = Router(name="stocks")
    made.message.register(asked, said("stocks"))
    made.callback_query.register(turned, pressed(Action.STOCKS))
    made.callback_query.register(opened, pressed(Action.ITEM_STOCK))
    made.callback_query.register(forecast, pressed(Action.FORECAST))
    return made


async def asked(_: Message, talk: Conversation) -> None:
    """What runs out first."""
    await show(talk, Listing())


async def turned(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Another page or filter, or back from a card."""
    await show(talk, Listing.read(press, talk.remembered))


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
                    name=label if isinstance(label, str) and label != "0" else "•",
                    pieces=pieces,
                    per_day=amount(size.orders_per_day),
                    earliest=day_of(size.runs_out_earliest),
                    latest=day_of(size.runs_out_latest),
                )
            )
    return left


async def show(talk: Conversation, listing: Listing) -> None:
    """A page of stocks."""
    state, first = listing.among(views.STATES), listing.page * SIZE
    answer: ListedItemStock
    answer, headers = await talk.gateway.respond(
        list_stocks.asyncio_detailed, limit=SIZE, offset=first, state=state, sort="days_left"
    )
    html = views.page(
        talk.reader,
        answer.data,
        answer.meta,
        state=state,
        first=first + 1,
        count=how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is")),
    )
    numbers = [item.nm_id for item in answer.data]
    await talk.show(
        html,
        keyboard(
            paging.cards(talk, Action.ITEM_STOCK, listing, numbers, first=first + 1, beside=NUMBER_BYTES),
            paging.pages(talk, Action.STOCKS, listing, size=SIZE, has_more=answer.meta.next_cursor is not None),
            *paging.filters(
                talk, Action.STOCKS, listing, [talk.text(views.STATE_WORDS[each]) for each in views.STATES]
            ),
            [talk.button("🚚 What to send", Action.REPLENISH)],
        ),
    )


def _plain(item: StockByPlace) -> str:
    return item.title or item.vendor_code or str(item.nm_id) or UNKNOWN
