"""`/replenish`: what to send to Wildberries, as a message and as a file."""

import asyncio

from aiogram import Router
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from pulse_client.api.stocks import list_stocks
from pulse_client.models import ItemStock, ListedItemStock, ListMeta
from pulse_client.types import UNSET

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.files.replenishment import workbook
from bot.filters import pressed, said
from bot.handlers.choosing import Chosen, respond
from bot.listing import Listing
from bot.views import replenishment as views
from bot.views.lines import freshness, known

PAGE = 200
MAX_PAGES = 10
"""2,000 items: those of which most is to be sent."""


def router() -> Router:
    """What to send."""
    made = Router(name="replenishment")
    made.message.register(show, said("replenish"))
    made.callback_query.register(show, pressed(Action.REPLENISH))
    made.callback_query.register(send_file, pressed(Action.REPLENISH_FILE))
    return made


async def show(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """The items of which most is to be sent, and a button for the file."""
    listing = Listing.read(press, talk.remembered) if press else Listing()
    items, meta, chosen = await _to_send(talk, listing)
    to_send = list(views.rows(items))
    place = listing.packed(talk.remembered)
    buttons = [talk.button("📥 As a file (Excel)", Action.REPLENISH_FILE, place)] if to_send else []
    html = chosen.named(views.summary(talk.reader, items, to_send, meta))
    await talk.show(html, keyboard(buttons, chosen.row(talk, Action.REPLENISH, listing)))


async def send_file(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The whole list as a workbook, by the stocks of this moment."""
    items, meta, chosen = await _to_send(talk, Listing.read(press, talk.remembered))
    rows = list(views.rows(items))
    book = await asyncio.to_thread(workbook, rows, talk.reader, as_of=meta.as_of)
    await talk.bot.send_document(
        talk.chat_id,
        BufferedInputFile(book, "replenishment.xlsx"),
        caption=chosen.named(f"🚚 {talk.text('What to send to WB')}\n\n{freshness(talk.reader, meta)}"),
        message_thread_id=talk.thread_id,
        reply_parameters=talk.reply_parameters(),
    )


async def _to_send(talk: Conversation, listing: Listing) -> tuple[list[ItemStock], ListMeta, Chosen]:
    """Items of which something is to be sent, most first: pages are read until one has none."""
    items: list[ItemStock] = []
    cursor: str | None = None
    answer: ListedItemStock
    for _page in range(MAX_PAGES):
        answer, _, chosen = await respond(
            talk, listing, list_stocks.asyncio_detailed, sort="-replenish", limit=PAGE, cursor=cursor or UNSET
        )
        wanted = [item for item in answer.data if known(item.total.replenish)]
        items += wanted
        cursor = answer.meta.next_cursor
        if cursor is None or len(wanted) < len(answer.data):
            break
    return items, answer.meta, chosen
