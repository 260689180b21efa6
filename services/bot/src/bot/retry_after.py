"""What Telegram takes too fast it refuses for some seconds: calls wait for as long, and are made again.

The notifier sends with the same token and takes turns with nobody here; what it leaves free is small (ADR 0059).
"""

import asyncio
import math
import time

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

PATIENCE_SECONDS = 30.0
"""A call that would have to wait longer, in all, fails: its answer is of no use any more."""


class HeedRetryAfter(BaseRequestMiddleware):
    """Makes a refused call again when Telegram takes it; nothing else goes to that chat meanwhile."""

    def __init__(self) -> None:
        self._paused_until: dict[object, float] = {}

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        """Raises TelegramRetryAfter where patience ends."""
        chat = getattr(method, "chat_id", None)
        gives_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            if (until := self._paused_until.get(chat, 0.0)) > (now := time.monotonic()):
                if until > gives_up_at:
                    raise TelegramRetryAfter(method, "its chat is paused", math.ceil(until - now))
                await asyncio.sleep(until - now)
                continue
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                now = time.monotonic()
                self._paused_until = {each: until for each, until in self._paused_until.items() if until > now}
                self._paused_until[chat] = max(self._paused_until.get(chat, 0.0), now + error.retry_after)
