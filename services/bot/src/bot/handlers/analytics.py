"""`/analytics`: what 7, 14, 30 or 90 days came to, with a chart that is replaced in place; the buyout by week."""

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message
from pulse_client.api.analytics import get_sales
from pulse_client.models import AnsweredSalesReport
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers.choosing import Chosen, respond
from bot.handlers.pictures import show_picture
from bot.listing import Listing
from bot.views import analytics as views
from bot.views.lines import freshness

FIRST_PERIOD = views.PERIODS.index(30)
BUYOUT_DAYS = 90
MOST_GROUPS = 200
"""Days of two currencies in 90 days, at least; the gateway gives no more at once."""


def router() -> Router:
    """Analytics."""
    made = Router(name="analytics")
    made.message.register(opened, said("analytics"))
    made.callback_query.register(opened, pressed(Action.ANALYTICS))
    made.message.register(buyout, said("buyout"))
    made.callback_query.register(buyout, pressed(Action.BUYOUT))
    return made


async def opened(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """Sums of a period and its chart, from one answer of the gateway."""
    listing = Listing.first(press or Press(Action.ANALYTICS), FIRST_PERIOD)
    answer, chosen = await _sales(talk, listing, listing.among(views.PERIODS))
    report, reader = answer.data, talk.reader
    sign = reader.sign(views.main_currency(report))
    title = reader.text("Orders and sales") + " · " + reader.plural("{n} day", "{n} days", report.period.days)
    note = freshness(reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import sales

        return sales.draw(views.sales_of(report, sign), reader, title=title, note=note)

    same = Listing(shop=listing.shop).packed(talk.remembered)
    markup = keyboard(
        _periods(talk, listing, listing.kind),
        [talk.button("🎯 Buyout", Action.BUYOUT, same), talk.button("🔤 ABC", Action.ABC, same)],
        chosen.row(talk, Action.ANALYTICS, listing),
    )
    await show_picture(talk, draw, chosen.named(views.caption(reader, report, answer.meta)), markup)


async def buyout(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """How much was bought of what was ordered in each week of 90 days."""
    listing = Listing.read(press, talk.remembered) if press else Listing()
    answer, chosen = await _sales(talk, listing, BUYOUT_DAYS)
    report, reader = answer.data, talk.reader
    weeks = views.weeks_of(report)
    note = freshness(reader, answer.meta)

    def draw() -> bytes:
        from bot.charts import buyout

        return buyout.draw(weeks, reader, title=reader.text("Buyout by week of order"), note=note)

    same = Listing(shop=listing.shop).packed(talk.remembered)
    markup = keyboard(
        _periods(talk, listing, None),
        [sales_button(talk, listing.shop), talk.button("🔤 ABC", Action.ABC, same)],
        chosen.row(talk, Action.BUYOUT, listing),
    )
    await show_picture(talk, draw, chosen.named(views.buyout_caption(reader, report, weeks, answer.meta)), markup)


def sales_button(talk: Conversation, shop: bytes) -> InlineKeyboardButton:
    """To the sums of the period that is shown first."""
    return talk.button("📊 Sales", Action.ANALYTICS, Listing(FIRST_PERIOD, shop=shop).packed(talk.remembered))


async def _sales(talk: Conversation, listing: Listing, days: int) -> tuple[AnsweredSalesReport, Chosen]:
    answer: AnsweredSalesReport
    answer, _, chosen = await respond(
        talk, listing, get_sales.asyncio_detailed, period=days, group_by="day", limit=MOST_GROUPS
    )
    return answer, chosen


def _periods(talk: Conversation, listing: Listing, shown: int | None) -> Row:
    return [
        talk.button(
            msgid("· {days} d ·") if kind == shown else msgid("{days} d"),
            Action.ANALYTICS,
            listing.of_kind(kind).packed(talk.remembered),
            days=days,
        )
        for kind, days in enumerate(views.PERIODS)
    ]
