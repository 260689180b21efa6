"""`/abc`: which items make the revenue, as a chart, and the items of each class."""

from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.api.analytics import list_performance
from pulse_client.types import UNSET

from bot.actions import Action
from bot.buttons import NUMBER_BYTES, Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers import paging
from bot.handlers.analytics import sales_button
from bot.handlers.choosing import respond
from bot.handlers.lists import ListView, Page
from bot.handlers.pictures import show_picture
from bot.listing import Listing
from bot.views import abc as views
from bot.views.lines import freshness, how_many
from bot.views.reader import Reader

DRAWN = 40


def router() -> Router:
    """ABC."""
    made = Router(name="abc")
    made.message.register(show, said("abc"))
    made.callback_query.register(show, pressed(Action.ABC))
    CLASS.register(made)
    return made


async def show(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """The chart, and the items that make most."""
    listing = Listing.read(press, talk.remembered) if press else Listing()
    answer, headers, chosen = await respond(
        talk, listing, list_performance.asyncio_detailed, period=30, sort="-sales_sum", limit=DRAWN
    )
    reader, note = talk.reader, freshness(talk.reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import abc

        return abc.draw(views.ranked(answer.data), reader, title=reader.text("ABC by revenue of 30 days"), note=note)

    count = how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is"))
    classes = [
        talk.button("Class {letter}", Action.ABC_CLASS, of_class.packed(talk.remembered), letter=letter)
        for letter, of_class in ((letter, listing.of_kind(kind)) for kind, letter in enumerate(views.CLASSES))
    ]
    same = Listing(shop=listing.shop).packed(talk.remembered)
    markup = keyboard(
        classes,
        [sales_button(talk, listing.shop), talk.button("🎯 Buyout", Action.BUYOUT, same)],
        chosen.row(talk, Action.ABC, listing),
    )
    await show_picture(talk, draw, chosen.named(views.caption(reader, answer.data, count, answer.meta)), markup)


def _arguments(listing: Listing) -> dict[str, Any]:
    letter = listing.among(views.CLASSES)
    return {"period": 30, "abc": letter if letter in ("A", "B", "C") else UNSET, "sort": "-sales_sum"}


def _html(reader: Reader, page: Page) -> str:
    letter = page.listing.among(views.CLASSES)
    return views.page(reader, page.answer.data, page.answer.meta, letter=letter, first=page.first, count=page.count)


def _cards(talk: Conversation, page: Page) -> list[Row]:
    numbers = [item.nm_id for item in page.answer.data]
    # In items the page of a class is not known: a card leads back to all of them.
    back = Listing(shop=page.listing.shop)
    return [paging.cards(talk, Action.ITEM, back, numbers, first=page.first, beside=NUMBER_BYTES)]


CLASS = ListView(
    Action.ABC_CLASS,
    list_performance.asyncio_detailed,
    size=8,
    html=_html,
    cards=_cards,
    arguments=_arguments,
    filters=lambda reader: [reader.text("Class {letter}", letter=letter) for letter in views.CLASSES],
)
