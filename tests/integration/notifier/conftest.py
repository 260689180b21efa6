"""The notifier over a real database, tgsim and a host of photos."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetVerifiedV1
from contracts.envelope import Event
from contracts.orders import OrdersReportedV1
from notifier import cabinets, orders
from notifier.app import make_sender
from notifier.delivery.sender import Sender
from notifier.settings import Settings
from pydantic import SecretStr
from servicekit.crypto import generate_keys
from servicekit.db import Database
from support.notifying import connected
from support.photo_host import PhotoHost, running_photo_host
from tgsim.running import RunningTgsim, running_tgsim

Handle = Callable[..., Awaitable[None]]
Sending = Callable[..., AbstractAsyncContextManager[Sender]]

HANDLERS: dict[type[Any], Any] = {
    CabinetConnectedV1: cabinets.on_connected,
    CabinetVerifiedV1: cabinets.on_verified,
    CabinetDisconnectedV1: cabinets.on_disconnected,
    OrdersReportedV1: orders.on_orders_reported,
}


@pytest.fixture
async def tgsim() -> AsyncIterator[RunningTgsim]:
    async with running_tgsim(limits=None) as running:
        yield running


@pytest.fixture
async def photo_host() -> AsyncIterator[PhotoHost]:
    async with running_photo_host() as host:
        yield host


@pytest.fixture
def handle(notifier_db: Database) -> Handle:
    """Handle events in turn, each in its transaction, as the subscribers do."""

    async def handle(*events: Event[Any]) -> None:
        for event in events:
            async with notifier_db.transaction() as connection:
                await HANDLERS[type(event.data)](connection, event)

    return handle


@pytest.fixture
async def cabinet_id(handle: Handle) -> UUID:
    """A connected cabinet with one member, chat 7."""
    cabinet_id = uuid4()
    await handle(connected(cabinet_id, 7))
    return cabinet_id


@pytest.fixture
def settings(tgsim: RunningTgsim, notifier_db: Database) -> Settings:
    _, private_key = generate_keys()
    return Settings(
        database_url=SecretStr(notifier_db.dsn),
        redis_url=SecretStr("unused://"),
        rabbitmq_url=SecretStr("unused://"),
        telegram_bot_token=SecretStr(tgsim.token),
        telegram_api_base_url=tgsim.url,
        telegram_per_second=1000,
        telegram_per_chat_per_second=1000,
        lease_seconds=1,
        seal_private_keys=SecretStr(private_key),
        allow_private_urls=True,
    )


@pytest.fixture
def sending(notifier_db: Database, settings: Settings) -> Sending:
    """A sender that runs within the block, then drains; keywords override settings."""

    @asynccontextmanager
    async def sending(**overrides: Any) -> AsyncIterator[Sender]:
        async with make_sender(notifier_db, settings.model_copy(update=overrides)) as sender:
            task = asyncio.create_task(sender.run())
            try:
                yield sender
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    return sending


@pytest.fixture
async def sender(notifier_db: Database, settings: Settings) -> AsyncIterator[Sender]:
    """A sender that does only what it is told to."""
    async with make_sender(notifier_db, settings) as sender:
        yield sender
