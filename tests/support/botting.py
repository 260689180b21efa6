"""The bot against a fake Telegram and a gateway on real servers, all over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from bot.app import build
from bot.pace import Pace
from bot.settings import Settings
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from tgsim.running import RunningTgsim, running_tgsim

from support.gateway import Gateway
from support.served import served

WAIT_SECONDS = 60.0
Message = dict[str, Any]


@dataclass
class RunningBot:
    """A bot that answers: where people write to it, and the gateway that it asks."""

    telegram: RunningTgsim
    gateway: Gateway
    url: str

    async def says(self, chat_id: int, text: str, *, expecting: str = "", **how: Any) -> Message:
        """What the bot answers when somebody writes this: the first message with `expecting` in it."""
        return await self.telegram.wait_for_reply(
            self.telegram.say(chat_id, text, **how), containing=expecting, timeout_seconds=WAIT_SECONDS
        )

    async def presses(self, message: Message, button: str, *, expecting: str = "", **how: Any) -> Message:
        """What becomes of it when somebody presses the button whose text begins so, under the message as it is now."""
        act = self.telegram.press(message, labelled(self._now(message), button), **how)
        return await self.telegram.wait_for_reply(act, containing=expecting, timeout_seconds=WAIT_SECONDS)

    async def presses_at(self, message: Message, row: int, column: int, *, expecting: str = "", **how: Any) -> Message:
        """As `presses`, of a button whose text others have too."""
        act = self.telegram.press(message, self._now(message)["buttons"][row][column]["callback_data"], **how)
        return await self.telegram.wait_for_reply(act, containing=expecting, timeout_seconds=WAIT_SECONDS)

    async def toasted(self, message: Message, button: str, **how: Any) -> str:
        """What the bot says at the button when it is pressed."""
        act = self.telegram.press(message, labelled(self._now(message), button), **how)
        answer = await self.telegram.wait_for_answer(act, timeout_seconds=WAIT_SECONDS)
        return str(answer["text"] or "")

    def _now(self, message: Message) -> Message:
        in_chat = self.telegram.messages(chat_id=message["chat_id"])
        [found] = [each for each in in_chat if each["message_id"] == message["message_id"]]
        return found


def labels(message: Message) -> list[str]:
    """The texts of the buttons under a message."""
    return [button["text"] for row in message["buttons"] or () for button in row]


def labelled(message: Message, beginning: str) -> str:
    """The text of the one button that begins so."""
    [found] = [text for text in labels(message) if text.startswith(beginning)]
    return found


@asynccontextmanager
async def running_bot(
    gateway: Gateway,
    *,
    telegram: RunningTgsim | None = None,
    gateway_url: str | None = None,
    settings: Mapping[str, Any] | None = None,
    is_paced: bool = False,
) -> AsyncIterator[RunningBot]:
    """The bot, polling unless `settings` say otherwise; `telegram` is one that runs already.

    Scripts write faster than people may: only where it `is_paced` that is refused.
    """
    if telegram is None:
        async with (
            running_tgsim(limits=None) as own,
            running_bot(
                gateway, telegram=own, gateway_url=gateway_url, settings=settings, is_paced=is_paced
            ) as running,
        ):
            yield running
        return
    with nullcontext() if is_paced else patch.object(Pace, "admits", return_value=True):
        async with _served_bot(gateway, telegram, gateway_url, settings) as running:
            yield running


@asynccontextmanager
async def _served_bot(
    gateway: Gateway, telegram: RunningTgsim, gateway_url: str | None, settings: Mapping[str, Any] | None
) -> AsyncIterator[RunningBot]:
    async with served(gateway.app) as url:
        app = build(
            Settings(
                telegram_bot_token=SecretStr(telegram.token),
                telegram_api_base_url=telegram.url,
                gateway_url=gateway_url or url,
                gateway_api_key=SecretStr(await gateway.key(None)),
                **(settings or {}),
            ),
            TracerProvider(),
        )
        async with served(app) as bot_url, app.router.lifespan_context(app):
            yield RunningBot(telegram, gateway, bot_url)
