"""`/abc`: which items make the revenue, as a chart, and the items of each class."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.api.analytics import list_performance
from pulse_client.models import ListedItemPerformance
from pulse_client.types import UNSET

from bot.actions import Action
from bot.buttons import NUMBER_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers import paging
from bot.handlers.pictures import show_picture
from bot.listing import Listing
from bot.views import abc as views
from bot.views.lines import freshness, how_many

SIZE = 8
DRAWN = 40


def router() -> Router:
    """ABC."""
    made = Router(name="abc")
    made.message.register(show, said("abc"))
    made.callback_query.register(show, pressed(Action.ABC))
    made.callback_query.register(listed, pressed(Action.ABC_CLASS))
    return made


async def show(_: Message | CallbackQuery, talk: Conversation) -> None:
    """The chart, and the items that make most."""
    answer: ListedItemPerformance
    answer, headers = await talk.gateway.respond(
        list_performance.asyncio_detailed, period=30, sort="-sales_sum", limit=DRAWN
    )
    reader, note = talk.reader, freshness(talk.reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import abc

        return abc.draw(views.ranked(answer.data), reader, title=reader.text("ABC by revenue of 30 days"), note=note)

    count = how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is"))
    markup = keyboard(
        [
            talk.button("Class {letter}", Action.ABC_CLASS, Listing(kind).packed(talk.remembered), letter=letter)
            for kind, letter in enumerate(views.CLASSES)
        ],
        [talk.button("📊 Sales", Action.ANALYTICS), talk.button("🎯 Buyout", Action.BUYOUT)],
    )
    await show_picture(talk, draw, views.caption(reader, answer.data, count, answer.meta), markup)


async def listed(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The items of a class."""
    listing = Listing.read(press, talk.remembered)
    letter, first = listing.among(views.CLASSES), listing.page * SIZE
    answer: ListedItemPerformance
    answer, headers = await talk.gateway.respond(
        list_performance.asyncio_detailed,
        period=30,
        abc=letter if letter in ("A", "B", "C") else UNSET,
        sort="-sales_sum",
        limit=SIZE,
        offset=first,
    )
    count = how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is"))
    html = views.page(talk.reader, answer.data, answer.meta, letter=letter, first=first + 1, count=count)
    numbers = [item.nm_id for item in answer.data]
    # In items the page of a class is not known: a card leads back to all of them.
    await talk.show(
        html,
        keyboard(
            paging.cards(talk, Action.ITEM, Listing(), numbers, first=first + 1, beside=NUMBER_BYTES),
            paging.pages(talk, Action.ABC_CLASS, listing, size=SIZE, has_more=answer.meta.next_cursor is not None),
            paging.filters(
                talk, Action.ABC_CLASS, listing, [talk.text("Class {letter}", letter=each) for each in views.CLASSES]
            )[0],
        ),
    )
