"""One person in one chat, and what a handler does there: say, show, ask."""

import asyncio
import itertools
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    CallbackQuery,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
    User,
)
from pulse_client import AuthenticatedClient
from pulse_client.api.notifications import get_notification_settings
from pulse_client.models import AnsweredSettings
from servicekit.callback_data import Forged
from servicekit.text import cut
from servicekit.translation import Code, Language

from bot.actions import Action
from bot.background import Background
from bot.buttons import Buttons, Part
from bot.charts.room import Room
from bot.gateway import Gateway, GatewayAway, GatewayProblem
from bot.language import Manner, Manners
from bot.pace import Pace
from bot.prompts import Prompts, with_hidden
from bot.remembered import Remembered
from bot.views.reader import Reader

log = structlog.get_logger()

LEARN_SECONDS = 2.0
MAX_TOAST_UNITS = 200
NOT_MODIFIED = "message is not modified"


@dataclass(frozen=True)
class Shared:
    """What all conversations of this process share."""

    bot: Bot
    client: AuthenticatedClient
    key: bytes
    """Signs buttons."""
    manners: Manners = field(default_factory=Manners)
    prompts: Prompts = field(default_factory=Prompts)
    remembered: Remembered = field(default_factory=Remembered)
    pace: Pace = field(default_factory=Pace)
    background: Background = field(default_factory=Background)
    charts: Room = field(default_factory=Room)


class Conversation:
    """A person in a chat. `message` is what he wrote, or the one whose button he pressed, while it can be had."""

    def __init__(
        self,
        shared: Shared,
        *,
        user: User,
        chat_id: int,
        is_private: bool,
        message: Message | None,
        query: CallbackQuery | None = None,
    ) -> None:
        self.shared = shared
        self.bot = shared.bot
        self.user = user
        self.chat_id = chat_id
        self.is_private = is_private
        self.message = message
        self.query = query
        self._speak(shared.manners.of(user))
        self.gateway = Gateway(shared.client, user.id)
        self.buttons = Buttons(shared.key, chat_id)
        self.remembered = shared.remembered
        self._is_toasted = False

    def choose_manner(self, code: Code, zone: str | None = None) -> None:
        """From now on this person is answered in this language, with moments of this zone (None: as before)."""
        self._speak(self.shared.manners.choose(self.user, code, zone))

    async def learn_manner(self) -> None:
        """Find out which language and zone this person chose, if that is not known; who cannot be asked is not."""
        manners = self.shared.manners
        if manners.is_known(self.user):
            return
        manners.asked(self.user)
        try:
            async with asyncio.timeout(LEARN_SECONDS):
                answer: AnsweredSettings = await self.gateway.call(get_notification_settings.asyncio_detailed)
        except (GatewayProblem, GatewayAway, TimeoutError):
            manners.not_answered(self.user)
            return
        if answer.data.revision > 0:
            code: Code = "en" if answer.data.language == "en" else "ru"
            self._speak(manners.choose(self.user, code, answer.data.zone))

    def _speak(self, manner: Manner) -> None:
        self.language: Language = manner.language
        self.zone = manner.zone
        self.reader = Reader(manner.language, manner.zone)

    @property
    def is_anothers(self) -> bool:
        """Whether the pressed button stands, in a group, under an answer to somebody else."""
        asked = self.message.reply_to_message if self.query and self.message and not self.is_private else None
        return (
            asked is not None and asked.from_user is not None and asked.from_user.id not in (self.user.id, self.bot.id)
        )

    @property
    def is_told(self) -> bool:
        """Whether the button stands under a message of the notifier, which goes on editing it: it has [Why]."""
        markup = self.message.reply_markup if self.message else None
        for button in itertools.chain.from_iterable(markup.inline_keyboard if markup else ()):
            try:
                if button.callback_data and self.buttons.read(button.callback_data).action is Action.WHY:
                    return True
            except Forged:
                continue
        return False

    @property
    def thread_id(self) -> int | None:
        """The topic of the group that this is in."""
        return self.message.message_thread_id if self.message and self.message.is_topic_message else None

    def text(self, msgid: str, **values: Any) -> str:
        """A text in this person's language; values are HTML already."""
        return self.language.text(msgid, **values)

    def moment(self, at: datetime) -> str:
        """`20.11 14:07` in this person's zone."""
        return self.language.moment(at, self.zone)

    def button(self, msgid: str, action: Action, *parts: Part, **values: Any) -> InlineKeyboardButton:
        """A button with a text in this person's language."""
        return self.buttons.button(cut(self.text(msgid, **values), 64), action, *parts)

    async def say(self, html: str, markup: InlineKeyboardMarkup | None = None) -> Message:
        """A new message, in the topic it was asked in; in groups it replies to who asked."""
        return await self.bot.send_message(
            self.chat_id,
            html,
            message_thread_id=self.thread_id,
            reply_parameters=self.reply_parameters(),
            reply_markup=markup,
        )

    async def show(self, html: str, markup: InlineKeyboardMarkup | None = None) -> None:
        """The message whose button was pressed becomes this; where it cannot, or none was pressed, a new one does. What
        the notifier told stays."""
        message = self.message
        if self.query is None or message is None or message.text is None or self.is_told:
            await self.say(html, markup)
            return
        try:
            await self.bot.edit_message_text(
                html, chat_id=self.chat_id, message_id=message.message_id, reply_markup=markup
            )
        except TelegramBadRequest as error:
            if NOT_MODIFIED not in error.message:
                # It was deleted meanwhile, or is too old.
                await self.say(html, markup)

    async def ask(self, html: str, action: Action, *parts: Part, placeholder: str | None = None) -> None:
        """A question that is answered in words: the answer comes to whoever handles `answers(action)`."""
        data = self.buttons.data(action, *parts)
        self.shared.prompts.asked(self.chat_id, self.user.id, data)
        me = await self.bot.me()
        await self.bot.send_message(
            self.chat_id,
            with_hidden(html, data, me.username or ""),
            message_thread_id=self.thread_id,
            reply_parameters=self.reply_parameters(),
            reply_markup=ForceReply(selective=True, input_field_placeholder=placeholder),
        )

    async def toast(self, text: str, *, is_alert: bool = False) -> None:
        """A short word at the pressed button; a message where no button was pressed."""
        if self.query is None:
            await self.say(text)
        else:
            await self._answer(cut(text, MAX_TOAST_UNITS), is_alert=is_alert)

    async def acknowledge(self) -> None:
        """The pressed button stops waiting, if nothing was said at it yet."""
        await self._answer(None, is_alert=False)

    async def _answer(self, text: str | None, *, is_alert: bool) -> None:
        if self.query is None or self._is_toasted:
            return
        self._is_toasted = True
        try:
            await self.query.answer(text, show_alert=is_alert)
        except TelegramBadRequest as error:
            # It was pressed long ago: what it did is done all the same.
            log.info("press.not_answered", error=error.message[:300])

    def beside(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on that takes long, such as a bar of progress; this chat's next updates do not wait."""
        self.shared.background.start(name, work)

    def reply_parameters(self) -> ReplyParameters | None:
        """In groups, that a message replies to the one who asked."""
        if self.is_private or self.message is None or self.query is not None:
            return None
        return ReplyParameters(
            message_id=self.message.message_id, allow_sending_without_reply=True, quote_parse_mode=None
        )
