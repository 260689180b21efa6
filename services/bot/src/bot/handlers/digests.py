"""`/digests`: which there are, and the text of one."""

from datetime import date, timedelta
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.api.digests import get_digest, list_digests
from pulse_client.models import AnsweredDigest, ListedDigest, ListedListedDigest
from pulse_client.types import UNSET
from servicekit.callback_data import Forged

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers import paging
from bot.listing import Listing
from bot.views import digests as views
from bot.views.lines import how_many

SIZE = 8
_EPOCH = date(2000, 1, 1)


def router() -> Router:
    """Digests."""
    made = Router(name="digests")
    made.message.register(show, said("digests"))
    made.callback_query.register(show, pressed(Action.DIGESTS))
    made.callback_query.register(opened, pressed(Action.DIGEST))
    return made


async def show(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """A page of digests, the newest first."""
    listing = Listing.read(press, talk.remembered) if press else Listing()
    kind = listing.among(views.KINDS)
    answer: ListedListedDigest
    answer, headers = await talk.gateway.respond(
        list_digests.asyncio_detailed, kind=kind or UNSET, limit=SIZE, offset=listing.page * SIZE
    )
    count = how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is"))
    rows: list[Row] = [
        [
            talk.buttons.button(
                views.period(talk.reader, digest.kind, digest.first_day, digest.last_day),
                Action.DIGEST,
                _packed(digest),
                listing.packed(talk.remembered),
            )
        ]
        for digest in answer.data
    ]
    await talk.show(
        views.page(talk.reader, answer.data, answer.meta, kind=kind, count=count),
        keyboard(
            *rows,
            paging.pages(talk, Action.DIGESTS, listing, size=SIZE, has_more=answer.meta.next_cursor is not None),
            *paging.filters(talk, Action.DIGESTS, listing, [talk.text(views.KIND_WORDS[each]) for each in views.KINDS]),
        ),
    )


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
