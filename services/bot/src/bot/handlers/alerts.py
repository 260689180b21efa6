"""`/alerts`: what is to be looked at, one of them, and what is done about it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery
from pulse_client.api.alerts import (
    acknowledge_alert,
    get_alert,
    list_alerts,
    resolve_alert,
    snooze_alert,
    unmark_alert,
)
from pulse_client.models import AnsweredListedAlert, ListedAlert, Snooze
from servicekit import clock

from bot.actions import Action
from bot.buttons import UUID_BYTES, Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers import paging
from bot.handlers.lists import ListView, Page, numbered, worded
from bot.listing import Listing
from bot.views import alerts as views
from bot.views.reader import Reader

SNOOZE_DAYS = (1, 7)
MOST_SNOOZE_DAYS = 90


def router() -> Router:
    """Alerts."""
    made = Router(name="alerts")
    ALERTS.register(made)
    made.callback_query.register(acknowledged, pressed(Action.ALERT_SEEN))
    made.callback_query.register(snoozed, pressed(Action.ALERT_SNOOZE))
    made.callback_query.register(resolved, pressed(Action.ALERT_RESOLVE))
    made.callback_query.register(unmarked, pressed(Action.ALERT_UNMARK))
    made.callback_query.register(opened, pressed(Action.ALERT))
    return made


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One alert, from the list or from the message that told it; as it is now, also when it is over."""
    alert_id = press.uuid()
    answer: AnsweredListedAlert = await talk.gateway.call(get_alert.asyncio_detailed, alert_id)
    await _show(talk, answer.data, Listing.read(press, talk.remembered))


async def acknowledged(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Somebody has seen it."""
    alert: ListedAlert = await talk.gateway.call(acknowledge_alert.asyncio_detailed, press.uuid())
    await _show(talk, alert, Listing.read(press, talk.remembered))


async def snoozed(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Not for so many days, or until its cause was gone and is back."""
    alert_id, days = press.uuid(), press.byte()
    until = clock.now() + timedelta(days=min(days, MOST_SNOOZE_DAYS))
    alert: ListedAlert = await talk.gateway.call(snooze_alert.asyncio_detailed, alert_id, body=Snooze(until=until))
    await _show(talk, alert, Listing.read(press, talk.remembered))


async def resolved(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """It is dealt with."""
    alert: ListedAlert = await talk.gateway.call(resolve_alert.asyncio_detailed, press.uuid())
    await _show(talk, alert, Listing.read(press, talk.remembered))


async def unmarked(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """As if nobody had done anything about it."""
    alert: ListedAlert = await talk.gateway.call(unmark_alert.asyncio_detailed, press.uuid())
    await _show(talk, alert, Listing.read(press, talk.remembered))


async def _show(talk: Conversation, alert: ListedAlert, listing: Listing) -> None:
    place = listing.packed(talk.remembered)
    about: UUID = alert.alert_id
    marking = [talk.button("👀 Seen", Action.ALERT_SEEN, about, place)] if alert.mark is None else []
    marking.append(talk.button("✅ Resolved", Action.ALERT_RESOLVE, about, place))
    await talk.show(
        views.card(talk.reader, alert),
        keyboard(
            marking,
            [
                talk.button("😴 {days} d", Action.ALERT_SNOOZE, about, bytes((days,)), place, days=days)
                for days in SNOOZE_DAYS
            ],
            [talk.button("↩️ Take it back", Action.ALERT_UNMARK, about, place)] if alert.mark is not None else [],
            [talk.button("👕 Item", Action.ITEM, alert.nm_id)] if alert.nm_id else [],
            [paging.back(talk, Action.ALERTS, listing)],
        ),
    )


def _arguments(listing: Listing) -> dict[str, Any]:
    return {"state": listing.among(views.STATES)}


def _html(reader: Reader, page: Page) -> str:
    state = page.listing.among(views.STATES)
    alerts, meta = page.answer.data, page.answer.meta
    return views.page(reader, alerts, meta, state=state, first=page.first, count=page.count)


ALERTS = ListView(
    Action.ALERTS,
    list_alerts.asyncio_detailed,
    size=6,
    html=_html,
    cards=numbered(Action.ALERT, lambda alert: alert.alert_id, UUID_BYTES),
    arguments=_arguments,
    command="alerts",
    filters=worded(views.STATE_WORDS),
)
