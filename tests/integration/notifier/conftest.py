"""The notifier over a real database, tgsim and a host of photos."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.cabinets import (
    CabinetConnectedV1,
    CabinetDisconnectedV1,
    CabinetRenamedV1,
    CabinetSuspendedV1,
    CabinetTokenExpiringV1,
    CabinetVerifiedV1,
    MembersChangedV1,
)
from contracts.digests import DigestPreparedV1
from contracts.envelope import Event
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.notification_settings import SettingsRule
from contracts.orders import OrdersReportedV1
from contracts.products import ProductsUpdatedV1
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncResumedV1
from contracts.topics import NOTIFIER_ORDERS
from contracts.wb_commands import WbCommandChangedV1
from local.servers import Servers
from notifier.__main__ import cli
from notifier.app import make_senders
from notifier.deliveries import schedule
from notifier.deliveries import sender as sender_module
from notifier.deliveries.sender import Sender
from notifier.handlers.cabinet_connected import cabinet_connected
from notifier.handlers.cabinet_disconnected import cabinet_disconnected
from notifier.handlers.cabinet_renamed import cabinet_renamed
from notifier.handlers.cabinet_suspended import cabinet_suspended
from notifier.handlers.cabinet_verified import cabinet_verified
from notifier.handlers.data_delayed import data_delayed
from notifier.handlers.data_recovered import data_recovered
from notifier.handlers.members_changed import members_changed
from notifier.handlers.sync_resumed import sync_resumed
from notifier.handlers.told_by_rules import told_by_rules
from notifier.settings import Settings
from pydantic import SecretStr
from servicekit.background import cancelled
from servicekit.consume import handle_once
from servicekit.crypto import generate_keys
from servicekit.db import Database
from support.notifying import connected
from support.photo_host import PhotoHost, running_photo_host
from support.wanting import want
from tgsim.running import RunningTgsim, running_tgsim
from typer.testing import CliRunner, Result

Handle = Callable[..., Awaitable[None]]
Sending = Callable[..., AbstractAsyncContextManager[None]]
Command = Callable[..., Awaitable[Result]]

HANDLERS: dict[type[Any], Any] = {
    CabinetConnectedV1: cabinet_connected,
    CabinetRenamedV1: cabinet_renamed,
    MembersChangedV1: members_changed,
    CabinetVerifiedV1: cabinet_verified,
    CabinetDisconnectedV1: cabinet_disconnected,
    OrdersReportedV1: told_by_rules,
    CabinetSuspendedV1: cabinet_suspended,
    CabinetTokenExpiringV1: told_by_rules,
    DataDelayedV1: data_delayed,
    DataRecoveredV1: data_recovered,
    SyncFailedV1: told_by_rules,
    SyncCompletedV1: told_by_rules,
    AlertsRaisedV1: told_by_rules,
    AlertsUpdatedV1: told_by_rules,
    AlertsResolvedV1: told_by_rules,
    DigestPreparedV1: told_by_rules,
    WbCommandChangedV1: told_by_rules,
    ProductsUpdatedV1: told_by_rules,
    SyncResumedV1: sync_resumed,
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
            await handle_once(notifier_db, NOTIFIER_ORDERS, HANDLERS, event)

    return handle


@pytest.fixture
async def cabinet_id(notifier_db: Database, handle: Handle) -> UUID:
    """A connected cabinet with one member, chat 7, who wants to be told everything by itself, however much it is."""
    cabinet_id = uuid4()
    await handle(connected(cabinet_id, 7))
    await want(notifier_db, 7, rules=(SettingsRule(group_after=0),))
    return cabinet_id


@pytest.fixture
def settings(tgsim: RunningTgsim, notifier_db: Database, servers: Servers, redis_prefix: str) -> Settings:
    _, private_key = generate_keys()
    return Settings(
        database_url=SecretStr(notifier_db.dsn),
        redis_url=SecretStr(servers.redis_url),
        redis_key_prefix=redis_prefix,
        rabbitmq_url=SecretStr("unused://"),
        telegram_bot_token=SecretStr(tgsim.token),
        telegram_api_base_url=tgsim.url,
        telegram_per_second=1000,
        telegram_per_chat_per_second=1000,
        telegram_per_group_per_minute=60_000,
        lease_seconds=1,
        seal_private_keys=SecretStr(private_key),
        allow_private_urls=True,
    )


@pytest.fixture
def sending(notifier_db: Database, settings: Settings, redis_client: redis.asyncio.Redis) -> Sending:
    """Senders that run within the block, then drain; keywords override settings."""

    @asynccontextmanager
    async def sending(**overrides: Any) -> AsyncIterator[None]:
        overridden = settings.model_copy(update=overrides)
        async with make_senders(notifier_db, overridden, redis_client) as senders:
            tasks = [asyncio.create_task(sender.run()) for sender in senders]
            try:
                yield
            finally:
                await cancelled(tasks)

    return sending


@pytest.fixture
async def senders(
    notifier_db: Database, settings: Settings, redis_client: redis.asyncio.Redis
) -> AsyncIterator[dict[str, Sender]]:
    """Senders that do only what they are told to, by channel."""
    async with make_senders(notifier_db, settings, redis_client) as senders:
        yield {sender.channel: sender for sender in senders}


@pytest.fixture
def sender(senders: dict[str, Sender]) -> Sender:
    """The one of Telegram."""
    return senders["telegram"]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without waiting."""
    retry_at_once(monkeypatch, probe_seconds=0.01)


@pytest.fixture
def slow_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without waiting, until a receiver is paused: for an hour."""
    retry_at_once(monkeypatch, probe_seconds=3600.0)


def retry_at_once(monkeypatch: pytest.MonkeyPatch, *, probe_seconds: float) -> None:
    monkeypatch.setattr(schedule, "DELAYS_SECONDS", (0.01,) * 7)
    monkeypatch.setattr(schedule, "PROBE_DELAYS_SECONDS", (probe_seconds,))
    # What comes due by time is seen by looking: nobody tells.
    monkeypatch.setattr(sender_module, "POLL_SECONDS", 0.05)


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command of the notifier with the environment of this test, beside the loop."""
    for name in Settings.model_fields:
        value = getattr(settings, name)
        secret = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        monkeypatch.setenv(name.upper(), "" if secret is None else str(secret))

    async def run(*arguments: str, given: bytes = b"") -> Result:
        return await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), given)

    return run
