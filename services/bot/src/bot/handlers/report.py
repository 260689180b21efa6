"""The whole report of an order: by the button under a message of it, or in its card."""

from aiogram import Router
from aiogram.types import CallbackQuery
from pulse_client.api.orders import get_order_report
from pulse_client.models import AnsweredOrderReport

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers.orders import on_wb


def router() -> Router:
    """Reports."""
    made = Router(name="report")
    made.callback_query.register(opened, pressed(Action.REPORT))
    return made


async def opened(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The gateway's ready text in his language, in a message of its own: what it was opened from stays."""
    order_id = press.uuid()
    answer: AnsweredOrderReport = await talk.gateway.call(get_order_report.asyncio_detailed, order_id)
    nm_id = answer.data.order.nm_id
    await talk.say(
        answer.data.text_en if talk.language.code == "en" else answer.data.text,
        keyboard(
            [
                talk.button("👕 Item", Action.ITEM, nm_id),
                talk.button("📦 Stock", Action.ITEM_STOCK, nm_id),
                on_wb(talk, nm_id),
            ]
        ),
    )
