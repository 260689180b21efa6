"""One update: who said what where, and what he is told when it cannot be done."""

from collections.abc import Awaitable
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.enums import ChatType
from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramForbiddenError
from aiogram.types import CallbackQuery, Message, Update, User
from opentelemetry.trace import SpanKind
from servicekit.callback_data import Forged
from servicekit.telemetry import current_trace_id, tracer

from bot.buttons import Press
from bot.conversation import Conversation, Shared
from bot.filters import Command
from bot.gateway import GatewayAway, GatewayProblem
from bot.metrics import UPDATES
from bot.pasted_tokens import is_token
from bot.problems import words
from bot.prompts import Answered
from bot.remembered import Forgotten

log = structlog.get_logger()

WANTED = ("message", "callback_query", "my_chat_member")
"""The kinds of updates that Telegram is asked for."""


class Handling:
    """Gives each update to its handler, and answers for what goes wrong there."""

    def __init__(self, dispatcher: Dispatcher, shared: Shared) -> None:
        self._dispatcher = dispatcher
        self._shared = shared

    async def __call__(self, update: Update) -> None:
        """Handle one update; whatever goes wrong with it is told, counted and logged, and goes no further."""
        with tracer.start_as_current_span(
            f"telegram update {_kind(update)}",
            kind=SpanKind.CONSUMER,
            attributes={"telegram.update.id": update.update_id},
        ):
            UPDATES.labels(await self._outcome(update)).inc()

    async def _outcome(self, update: Update) -> str:
        if update.my_chat_member is not None:
            return await self._feed(update, {})
        talk = _conversation(update, self._shared)
        if talk is None:
            return "ignored"
        if not self._shared.pace.admits(talk.user.id):
            if self._shared.pace.tell(talk.user.id):
                await _quietly(talk.toast(talk.text("Not so fast, please: wait a few seconds.")))
            return "refused"
        self._shared.charts.prepare()
        try:
            meant = _pressed(talk) if talk.query else await _said(talk)
            if meant is None:
                return "ignored"
            if talk.is_anothers:
                said = talk.text("This was answered to somebody else. Ask yourself: /menu@{bot}", bot=await _name(talk))
                await talk.toast(said, is_alert=True)
                return "refused"
            if "has_token" not in meant:
                await talk.learn_manner()
            outcome = await self._feed(update, {"talk": talk, **meant})
            await talk.acknowledge()
        except (Forged, Forgotten) as error:
            log.info("button.refused", reason=type(error).__name__)
            await _quietly(talk.toast(talk.text("This button does not work any more. Ask again: /menu"), is_alert=True))
            return "refused"
        except GatewayProblem as problem:
            await _quietly(_tell(talk, words(problem, talk.language)))
            return "handled"
        except GatewayAway:
            said = talk.text("Pulse does not answer just now. Nothing is lost: try again in a minute.")
            await _quietly(_tell(talk, said))
            return "failed"
        except TelegramForbiddenError:
            # Who blocked the bot meanwhile, or a group that removed it, is told nothing.
            return "handled"
        except Exception:
            log.exception("update.failed", update_id=update.update_id)
            said = talk.text("Something went wrong at our side. Try again in a minute.")
            if trace_id := current_trace_id():
                said += f"\n<code>{trace_id}</code>"
            await _quietly(_tell(talk, said))
            return "failed"
        return outcome

    async def _feed(self, update: Update, meant: dict[str, Any]) -> str:
        answer = await self._dispatcher.feed_update(self._shared.bot, update, shared=self._shared, **meant)
        return "ignored" if answer is UNHANDLED else "handled"


def _conversation(update: Update, shared: Shared) -> Conversation | None:
    """Who speaks where; None where it is nobody that can be answered: a channel, a bot, an anonymous administrator."""
    query = update.callback_query
    if query is not None:
        if query.message is None:
            return None
        chat = query.message.chat
        message = query.message if isinstance(query.message, Message) else None
        return Conversation(
            shared,
            user=query.from_user,
            chat_id=chat.id,
            is_private=chat.type == ChatType.PRIVATE,
            message=message,
            query=query,
        )
    message = update.message
    if message is None or message.from_user is None or message.from_user.is_bot or message.sender_chat is not None:
        return None
    is_private = message.chat.type == ChatType.PRIVATE
    return Conversation(shared, user=message.from_user, chat_id=message.chat.id, is_private=is_private, message=message)


def _pressed(talk: Conversation) -> dict[str, Press]:
    query: CallbackQuery | None = talk.query
    return {"press": talk.buttons.read((query.data if query else None) or "")}


async def _said(talk: Conversation) -> dict[str, Any] | None:
    """What a message means to the bot; None where it is not addressed."""
    message = talk.message
    if message is None:
        return None
    if is_token(message.text):
        # Before anything else is looked at: whoever sees the chat sees the token.
        return {"has_token": True, "answered": _answered(talk, message)}
    command = await _command(message, talk.bot, is_private=talk.is_private)
    if command is not None:
        talk.shared.prompts.forget(talk.chat_id, talk.user.id)
        return {"command": command}
    answered = _answered(talk, message)
    if answered is not None:
        return {"answered": answered}
    return {} if talk.is_private else None


def _answered(talk: Conversation, message: Message) -> Answered | None:
    return talk.shared.prompts.answered(message, talk.buttons, talk.bot.id)


async def _command(message: Message, bot: Bot, *, is_private: bool) -> Command | None:
    """In a private chat any command is ours; in a group only one that names us."""
    if not message.text or not message.text.startswith("/"):
        return None
    first, _, arguments = message.text.partition(" ")
    name, _, mentioned = first[1:].partition("@")
    if mentioned:
        me: User = await bot.me()
        if mentioned.lower() != (me.username or "").lower():
            return None
    elif not is_private:
        return None
    return Command(name.lower(), arguments.strip())


async def _name(talk: Conversation) -> str:
    return (await talk.bot.me()).username or ""


async def _tell(talk: Conversation, html: str) -> None:
    if talk.query is not None:
        await talk.acknowledge()
    await talk.say(html)


async def _quietly(answer: Awaitable[None]) -> None:
    try:
        await answer
    except TelegramAPIError as error:
        log.warning("answer.not_sent", error=f"{type(error).__name__}: {error.message}"[:300])
    except ClientDecodeError as error:
        # A page of whatever stands between, say.
        log.warning("answer.not_sent", error=type(error).__name__)


def _kind(update: Update) -> str:
    return next((kind for kind in WANTED if getattr(update, kind) is not None), "other")
