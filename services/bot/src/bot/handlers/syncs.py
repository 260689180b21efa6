"""`/sync`: how fresh the data are, and a sync that is asked for now, with a bar that fills until it is done."""

import itertools
from collections.abc import Iterator
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pulse_client.api.me import get_profile
from pulse_client.api.syncs import get_sync_status, start_sync
from pulse_client.models import AnsweredProfile, AnsweredSyncStatus, ListedSyncStatus, StartedSync, StartSync
from servicekit import clock
from servicekit.text import UNKNOWN

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers.following import Look, follow
from bot.views import syncs as views


def router() -> Router:
    """Syncs."""
    made = Router(name="syncs")
    made.message.register(show, said("sync"))
    made.callback_query.register(show, pressed(Action.SYNCS))
    made.callback_query.register(started, pressed(Action.SYNC_START))
    made.callback_query.register(looked_at, pressed(Action.SYNC_STATE))
    return made


async def show(_: Message | CallbackQuery, talk: Conversation) -> None:
    """How fresh the data of each shop are."""
    profile: AnsweredProfile = await talk.gateway.call(get_profile.asyncio_detailed)
    names = {each.cabinet_id: each.name for each in profile.data.cabinets}
    status: ListedSyncStatus | AnsweredSyncStatus = await talk.gateway.call(get_sync_status.asyncio_detailed)
    shops = status.data if isinstance(status.data, list) else [status.data]
    rows = [
        [
            talk.button(
                "🔄 Sync now: {shop}", Action.SYNC_START, shop.cabinet_id, shop=names.get(shop.cabinet_id) or UNKNOWN
            )
        ]
        for shop in shops[: views.MAX_SHOPS]
    ]
    await talk.show(views.overview(talk.reader, shops, names, clock.now()), keyboard(*rows))


async def started(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Sync a shop now; one that is under way already is shown."""
    started: StartedSync = await talk.gateway.call(start_sync.asyncio_detailed, body=StartSync(cabinet_id=press.uuid()))
    await _show(talk, started.sync_id)


async def looked_at(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """How far it has come."""
    await _show(talk, press.uuid())


async def _show(talk: Conversation, sync_id: UUID) -> None:
    now = await _look(talk, sync_id)
    await talk.show(now.html, now.markup)
    message = talk.message
    if not now.is_over and message is not None:
        work = follow(talk, message.message_id, lambda: _look(talk, sync_id), every=_a_second(), shown=now.html)
        talk.beside("sync", work)


async def _look(talk: Conversation, sync_id: UUID) -> Look:
    answer: ListedSyncStatus | AnsweredSyncStatus = await talk.gateway.call(
        get_sync_status.asyncio_detailed, sync_id=sync_id
    )
    shops = answer.data if isinstance(answer.data, list) else [answer.data]
    run = next((run for shop in shops for run in shop.runs if run.sync_id == sync_id), None)
    is_over = views.is_over(run)
    return Look(views.progress(talk.reader, run, clock.now()), _markup(talk, sync_id, is_over=is_over), is_over)


def _a_second() -> Iterator[float]:
    """Each second for two minutes, then each 15 s for half an hour: WB's limits may hold a sync for long."""
    return itertools.chain(itertools.repeat(1.0, 120), itertools.repeat(15.0, 120))


def _markup(talk: Conversation, sync_id: UUID, *, is_over: bool) -> InlineKeyboardMarkup:
    if is_over:
        return keyboard([talk.button("🔄 How fresh the data are", Action.SYNCS)])
    return keyboard([talk.button("🔄 How far is it?", Action.SYNC_STATE, sync_id)])
