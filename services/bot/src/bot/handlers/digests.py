"""`/digests`: which there are, and the text of one."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery
from pulse_client.api.digests import get_digest, list_digests
from pulse_client.models import AnsweredDigest, ListedDigest
from pulse_client.types import UNSET
from servicekit.callback_data import Forged

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers import paging
from bot.handlers.lists import ListView, Page, worded
from bot.listing import Listing
from bot.views import digests as views
from bot.views.reader import Reader

_EPOCH = date(2000, 1, 1)


def router() -> Router:
    """Digests."""
    made = Router(name="digests")
    DIGESTS.register(made)
    made.callback_query.register(opened, pressed(Action.DIGEST))
    return made


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One digest."""
    digest_id = _read(press)
    listing = Listing.read(press, talk.remembered)
    answer: AnsweredDigest = await talk.gateway.call(get_digest.asyncio_detailed, digest_id)
    await talk.show(
        views.text(talk.reader, answer.data, answer.meta),
        keyboard([paging.back(talk, Action.DIGESTS, listing)]),
    )


def _packed(digest: ListedDigest) -> bytes:
    """Cabinet, kind and first day in 19 bytes: a digest's id is these, and too long for a button."""
    days = (digest.first_day - _EPOCH).days
    return digest.cabinet_id.bytes + bytes((views.KINDS.index(digest.kind),)) + days.to_bytes(2)


def _read(press: Press) -> str:
    cabinet_id: UUID = press.uuid()
    kind, days = press.byte(), press.byte() * 256 + press.byte()
    if not 0 < kind < len(views.KINDS):
        raise Forged("no kind of digests")
    return f"{cabinet_id}.{views.KINDS[kind]}.{_EPOCH + timedelta(days=days)}"


def _arguments(listing: Listing) -> dict[str, Any]:
    return {"kind": listing.among(views.KINDS) or UNSET}


def _html(reader: Reader, page: Page) -> str:
    kind = page.listing.among(views.KINDS)
    return views.page(reader, page.answer.data, page.answer.meta, kind=kind, count=page.count)


def _cards(talk: Conversation, page: Page) -> list[Row]:
    """A row for each digest, which says its period."""
    place = page.listing.packed(talk.remembered)
    texts = [views.period(talk.reader, each.kind, each.first_day, each.last_day) for each in page.answer.data]
    return [
        [talk.buttons.button(text, Action.DIGEST, _packed(digest), place)]
        for text, digest in zip(texts, page.answer.data, strict=True)
    ]


DIGESTS = ListView(
    Action.DIGESTS,
    list_digests.asyncio_detailed,
    size=8,
    html=_html,
    cards=_cards,
    arguments=_arguments,
    command="digests",
    filters=worded(views.KIND_WORDS),
)
