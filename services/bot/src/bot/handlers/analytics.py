"""`/analytics`: what 7, 14, 30 or 90 days came to, with a chart that is replaced in place; the buyout by week."""

from typing import cast

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.api.analytics import get_sales
from pulse_client.models import AnsweredSalesReport
from pulse_client.models.period_days import PeriodDays

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers.pictures import show_picture
from bot.views import analytics as views
from bot.views.lines import freshness

FIRST_PERIOD = 30
BUYOUT_DAYS = 90
MOST_GROUPS = 200
"""Days of two currencies in 90 days, at least; the gateway gives no more at once."""


def router() -> Router:
    """Analytics."""
    made = Router(name="analytics")
    made.message.register(asked, said("analytics"))
    made.callback_query.register(opened, pressed(Action.ANALYTICS))
    made.message.register(buyout, said("buyout"))
    made.callback_query.register(buyout, pressed(Action.BUYOUT))
    return made


async def asked(_: Message, talk: Conversation) -> None:
    """The last 30 days."""
    await show(talk, FIRST_PERIOD)


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Another period."""
    wanted = press.number() if press.body else FIRST_PERIOD
    await show(talk, wanted if wanted in views.PERIODS else FIRST_PERIOD)


async def show(talk: Conversation, period: int) -> None:
    """Sums of a period and its chart, from one answer of the gateway."""
    answer = await _sales(talk, period)
    report, reader = answer.data, talk.reader
    sign = reader.sign(views.main_currency(report))
    title = reader.text("Orders and sales") + " · " + reader.plural("{n} day", "{n} days", period)
    note = freshness(reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import sales

        return sales.draw(views.sales_of(report, sign), reader, title=title, note=note)

    markup = keyboard(
        _periods(talk, period), [talk.button("🎯 Buyout", Action.BUYOUT), talk.button("🔤 ABC", Action.ABC)]
    )
    await show_picture(talk, draw, views.caption(reader, report, answer.meta), markup)


async def buyout(_: Message | CallbackQuery, talk: Conversation) -> None:
    """How much was bought of what was ordered in each week of 90 days."""
    answer = await _sales(talk, BUYOUT_DAYS)
    report, reader = answer.data, talk.reader
    weeks = views.weeks_of(report)
    note = freshness(reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import buyout

        return buyout.draw(weeks, reader, title=reader.text("Buyout by week of order"), note=note)

    markup = keyboard(
        _periods(talk, None), [talk.button("📊 Sales", Action.ANALYTICS), talk.button("🔤 ABC", Action.ABC)]
    )
    await show_picture(talk, draw, views.buyout_caption(reader, report, weeks, answer.meta), markup)


async def _sales(talk: Conversation, period: int) -> AnsweredSalesReport:
    answer: AnsweredSalesReport = await talk.gateway.call(
        get_sales.asyncio_detailed, period=cast(PeriodDays, period), group_by="day", limit=MOST_GROUPS
    )
    return answer


def _periods(talk: Conversation, shown: int | None) -> Row:
    return [
        talk.button("· {days} d ·", Action.ANALYTICS, days, days=days)
        if days == shown
        else talk.button("{days} d", Action.ANALYTICS, days, days=days)
        for days in views.PERIODS
    ]
