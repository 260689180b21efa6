"""Wiring: the one place that knows all parts."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetVerifiedV1
from contracts.envelope import Event
from contracts.orders import OrdersReportedV1
from contracts.topics import NOTIFIER_CABINETS, NOTIFIER_ORDERS
from servicekit.background import every
from servicekit.consume import Handler, consume
from servicekit.db import Database
from servicekit.health import health_routes, standard_checks
from servicekit.http import make_client
from servicekit.serving import Platform, make_app
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette

from notifier import cabinets, orders, retention
from notifier.channels.addresses import pinned_client
from notifier.channels.bot_api import TIMEOUT_SECONDS, BotApi
from notifier.channels.photos import FETCH_TIMEOUT_SECONDS, Photos
from notifier.channels.telegram import telegram_channel
from notifier.channels.webhook import ANSWER_TIMEOUT_SECONDS, webhook_channel
from notifier.delivery.sender import Sender
from notifier.delivery.throttle import Throttle
from notifier.settings import Settings

RETENTION_SECONDS = 6 * 60 * 60


def build(platform: Platform, settings: Settings) -> Starlette:
    """The notifier: consumers of cabinets and orders, the sender, health."""
    database = platform.database
    consume(
        platform.broker,
        NOTIFIER_CABINETS,
        {
            CabinetConnectedV1: _in_transaction(database, cabinets.on_connected),
            CabinetVerifiedV1: _in_transaction(database, cabinets.on_verified),
            CabinetDisconnectedV1: _in_transaction(database, cabinets.on_disconnected),
        },
    )
    consume(
        platform.broker,
        NOTIFIER_ORDERS,
        {OrdersReportedV1: _in_transaction(database, orders.on_orders_reported)},
    )

    async def send() -> None:
        async with make_sender(database, settings) as sender:
            await sender.run()

    works = {
        "deliveries.send": send,
        "deliveries.retention": every(RETENTION_SECONDS, lambda: retention.forget_old(database)),
    }
    return make_app(platform, works, health_routes(standard_checks(database, platform.broker)))


@asynccontextmanager
async def make_sender(database: Database, settings: Settings) -> AsyncIterator[Sender]:
    """A sender over Telegram and webhooks with its HTTP clients, which are closed after the block."""
    token = settings.telegram_bot_token
    keys = settings.seal_private_keys
    async with (
        make_client(timeout_seconds=TIMEOUT_SECONDS, max_connections=settings.senders) as telegram,
        pinned_client(FETCH_TIMEOUT_SECONDS) as pictures,
        pinned_client(ANSWER_TIMEOUT_SECONDS) as receivers,
    ):
        photos = Photos(pictures, allow_private=settings.allow_private_urls)
        api = BotApi(telegram, settings.telegram_api_base_url, token)
        yield Sender(
            database,
            {
                "telegram": telegram_channel(api, photos, lambda: datetime.now(UTC)),
                "webhook": webhook_channel(receivers, keys, allow_private=settings.allow_private_urls),
            },
            {
                "telegram": Throttle(
                    per_second=settings.telegram_per_second,
                    per_recipient_per_second=settings.telegram_per_chat_per_second,
                )
            },
            senders=settings.senders,
            lease_seconds=settings.lease_seconds,
        )


def _in_transaction(database: Database, handle: Callable[[AsyncConnection, Event[Any]], Awaitable[None]]) -> Handler:
    async def handler(event: Event[Any]) -> None:
        async with database.transaction() as connection:
            await handle(connection, event)

    return handler
