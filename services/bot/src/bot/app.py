"""Wiring: the one place that knows all parts."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from aiogram import Dispatcher
from opentelemetry.sdk.trace import TracerProvider
from servicekit.background import Work, running
from servicekit.callback_data import callback_key
from servicekit.counters import counters_route
from servicekit.health import health_routes
from servicekit.logging import configure_logging
from servicekit.redaction import secrets_of
from servicekit.telemetry import configure_telemetry
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.commands import keep_commands
from bot.conversation import Shared
from bot.deferred_models import build_what_comes
from bot.gateway import gateway_client
from bot.handlers import ROUTERS
from bot.incoming import Incoming
from bot.metrics import COUNTERS
from bot.polling import Polling
from bot.settings import Settings
from bot.telegram import make_bot
from bot.updates import Handling
from bot.webhook import keep_webhook, webhook_route

log = structlog.get_logger()


def make_traces(settings: Settings) -> TracerProvider:
    """Configure this process's logs and traces."""
    secrets = secrets_of(settings)
    configure_logging("bot", settings.log_level, secrets)
    # It tells of every update.
    logging.getLogger("aiogram").setLevel(logging.WARNING)
    return configure_telemetry("bot", settings.traces, secrets)


def build(settings: Settings, provider: TracerProvider) -> Starlette:
    """The bot: polling or a webhook, its handlers, health and metrics."""
    build_what_comes()
    bot = make_bot(settings.telegram_bot_token, settings.telegram_api_base_url)
    client = gateway_client(settings.gateway_url, settings.gateway_api_key)
    shared = Shared(bot, client, callback_key(settings.telegram_bot_token.get_secret_value()))
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_routers(*(make() for make in ROUTERS))
    incoming = Incoming(Handling(dispatcher, shared))

    async def telegram() -> bool:
        return bool(await bot.get_me(request_timeout=2))

    async def gateway() -> bool:
        return (await client.get_async_httpx_client().get("/health/ready")).status_code == 200

    works: dict[str, Work] = {"commands": lambda: keep_commands(bot)}
    # Neither is required: that one is away is what people are told.
    routes: list[BaseRoute] = [
        *health_routes({}, {"telegram": telegram, "gateway": gateway}),
        counters_route(COUNTERS),
    ]
    polling = Polling(bot, incoming)
    url, secret = settings.bot_webhook_url, settings.bot_webhook_secret
    if url is not None and secret is not None:
        routes.append(webhook_route(settings.webhook_path, secret, bot, incoming))
        works["webhook"] = lambda: keep_webhook(bot, url, secret)
    else:
        works["polling"] = polling.run

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(asyncio.to_thread, provider.shutdown)
            stack.push_async_callback(bot.session.close)
            stack.push_async_callback(client.get_async_httpx_client().aclose)
            await stack.enter_async_context(shared.charts)
            stack.push_async_callback(shared.background.stop)
            stack.push_async_callback(polling.confirm)
            stack.push_async_callback(incoming.stop)
            await stack.enter_async_context(running(works))
            log.info("service.started")
            yield
            log.info("service.stopping")

    return Starlette(routes=routes, lifespan=lifespan)
