"""Telegram's Bot API: calls that carry the trace, and wait where Telegram asks for it."""

from types import SimpleNamespace
from typing import Any

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.methods import TelegramMethod
from aiohttp import ClientSession, TraceConfig, TraceRequestStartParams
from pydantic import SecretStr
from servicekit.telemetry import current_traceparent

from bot.retry_after import HeedRetryAfter

TIMEOUT_SECONDS = 20.0
MAX_CONNECTIONS = 100


def make_bot(token: SecretStr, base_url: str) -> Bot:
    """The bot's side of Telegram. `await bot.session.close()` when it is done with."""
    session = _Session(
        api=TelegramAPIServer.from_base(base_url.rstrip("/")), limit=MAX_CONNECTIONS, timeout=TIMEOUT_SECONDS
    )
    session.middleware(HeedRetryAfter())
    properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    return Bot(token.get_secret_value(), session=session, default=properties)


class _Session(AiohttpSession):
    async def create_session(self) -> ClientSession:
        is_new = self._session is None or self._session.closed or self._should_reset_connector
        session = await super().create_session()
        if is_new:
            config = TraceConfig()
            config.on_request_start.append(_carry_trace)
            config.freeze()
            session.trace_configs.append(config)
        return session


async def _carry_trace(_: ClientSession, __: SimpleNamespace, params: TraceRequestStartParams) -> None:
    if traceparent := current_traceparent():
        params.headers["traceparent"] = traceparent


Raw = dict[str, Any]


class GetRawUpdates(TelegramMethod[list[Raw]]):
    """`getUpdates` whose updates are read one by one: one that cannot be read stops no other."""

    __returning__ = list[Raw]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None
