"""A webhook from the API to the program that verifies it: gateway, broker, notifier and a receiver."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from local.servers import Servers
from notifier.app import build
from notifier.settings import Settings
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from servicekit import db
from servicekit.broker import make_broker
from servicekit.db import Database
from servicekit.outbox import append
from servicekit.serving import Platform
from standardwebhooks import Webhook
from support import databases
from support.eventually import eventually
from support.gateway import NOTIFIER_PRIVATE_KEY, Gateway, User, built_gateway
from support.notifying import orders_reported, reported
from support.rows import rows
from tgsim.running import RunningTgsim, running_tgsim


@dataclass
class Running:
    """Both services between their start and their stop, and a receiver."""

    gateway: Gateway
    notifier: Database
    tgsim: RunningTgsim

    async def orders(self, cabinet_id: UUID, count: int) -> None:
        """So many new orders are reported to the notifier. Any outbox will do: its relay publishes what is in it."""
        event = orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(count)))
        async with self.notifier.transaction() as connection:
            await append(connection, [event])

    async def heard(self, **state: Any) -> None:
        """Wait until the notifier has heard that the webhook is so."""
        where = " AND ".join(f"{name} = :{name}" for name in state)

        async def has() -> bool:
            return bool(await rows(self.notifier, f"SELECT 1 FROM webhooks WHERE {where}", **state))

        await eventually(has)


@pytest.fixture
async def running(
    gateway_db: Database, notifier_db: Database, reporter_db: Database, ingestor_db: Database, servers: Servers,
    redis_prefix: str, rabbitmq_url: str,
) -> AsyncIterator[Running]:  # fmt: skip
    database = databases.connect(gateway_db.dsn)
    async with (
        running_tgsim(limits=None) as tgsim,
        built_gateway(
            database,
            redis_url=servers.redis_url,
            redis_prefix=redis_prefix,
            rabbitmq_url=rabbitmq_url,
            allow_private_urls=True,
        ) as gateway,
        gateway.app.router.lifespan_context(gateway.app),
        running_notifier(notifier_db, rabbitmq_url, servers.redis_url, tgsim),
    ):
        yield Running(gateway, notifier_db, tgsim)


@asynccontextmanager
async def running_notifier(
    database: Database, rabbitmq_url: str, redis_url: str, tgsim: RunningTgsim
) -> AsyncIterator[None]:
    settings = Settings(
        database_url=SecretStr(database.dsn),
        redis_url=SecretStr(redis_url),
        rabbitmq_url=SecretStr(rabbitmq_url),
        telegram_bot_token=SecretStr(tgsim.token),
        telegram_api_base_url=tgsim.url,
        telegram_per_chat_per_second=1000,
        seal_private_keys=SecretStr(NOTIFIER_PRIVATE_KEY),
        allow_private_urls=True,
    )
    provider = TracerProvider()
    broker = make_broker(rabbitmq_url, "notifier")
    app = build(Platform("notifier", settings, db.connect(settings), broker, provider), settings)
    async with app.router.lifespan_context(app):
        yield


async def answered(call: Callable[[], Awaitable[Any]], status: int) -> Any:
    answer = await call()
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


async def test_subscribed_verified_rotated_paused_resumed_and_replayed(running: Running) -> None:
    alice: User = await running.gateway.user(7)
    cabinet_id, tgsim = await alice.connect(), running.tgsim
    url = tgsim.webhook_url("crm")
    made = await answered(lambda: alice.call("POST", "/webhooks", json={"url": url, "event_types": ["order.*"]}), 201)
    path = f"/webhooks/{made['webhook_id']}"

    async def taken(count: int) -> list[dict[str, Any]]:
        await eventually(lambda: len(tgsim.webhooks(name="crm")) >= count)
        return tgsim.webhooks(name="crm")

    test = await answered(lambda: alice.call("POST", f"{path}/test"), 202)
    (message,) = await taken(1)
    assert Webhook(made["secret"]).verify(message["body"], message["headers"])["type"] == "webhook.test"
    assert message["headers"]["webhook-id"] == test["delivery_id"]

    rotated = await answered(lambda: alice.call("POST", f"{path}/secrets", json={}), 201)
    await running.heard(revision=2)
    await running.orders(cabinet_id, 1)
    message = (await taken(2))[-1]
    for secret in (made["secret"], rotated["secret"]):
        told = Webhook(secret).verify(message["body"], message["headers"])
        assert (told["type"], told["data"]["cabinet_id"]) == ("order.new", str(cabinet_id))

    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = {"url": url, "event_types": ["order.*"], "state": "paused"}
    await answered(lambda: alice.call("PUT", path, json=body), 200)
    await running.heard(is_active=False)
    await running.orders(cabinet_id, 3)
    held = await _deliveries(alice, path, "held", 3)
    refused = await answered(lambda: alice.call("POST", f"{path}/replay", json={"since": since}), 409)
    assert refused["code"] == "webhook_paused"
    await answered(lambda: alice.call("POST", f"{path}/resume"), 200)
    for _ in range(2):
        await answered(lambda: alice.call("POST", f"{path}/replay", json={"since": since}), 202)
    delivered = await _deliveries(alice, path, "delivered", 5)
    sent = [each["headers"]["webhook-id"] for each in tgsim.webhooks(name="crm")]
    assert sorted(sent) == sorted(row["delivery_id"] for row in delivered)  # each once
    assert {row["delivery_id"] for row in held} <= set(sent)
    assert {(row["status"], row["last_outcome"]) for row in delivered} == {("delivered", "delivered")}

    await answered(lambda: alice.call("DELETE", path), 204)
    await eventually(lambda: _is_removed(running.notifier))
    await running.orders(cabinet_id, 1)
    await eventually(lambda: len(tgsim.messages(chat_id=7)) == 5)  # in Telegram every order was told
    assert len(tgsim.webhooks(name="crm")) == 5


async def _deliveries(user: User, path: str, status: str, count: int) -> list[dict[str, Any]]:
    async def found() -> list[dict[str, Any]]:
        listed = (await user.get(f"{path}/deliveries", status=status)).json()["data"]
        return listed if len(listed) == count else []

    result: list[dict[str, Any]] = await eventually(found)
    return result


async def _is_removed(database: Database) -> bool:
    return bool(await rows(database, "SELECT 1 FROM webhooks WHERE removed_at IS NOT NULL"))


async def test_a_preference_reaches_the_notifier_and_silences_what_it_names(running: Running) -> None:
    alice: User = await running.gateway.user(7)
    cabinet_id = await alice.connect()
    kinds = ("order_new", "order_first", "order_big")
    off = {"rules": [{"cabinet_id": str(cabinet_id), "kind": kind, "is_on": False} for kind in kinds]}
    await answered(lambda: alice.call("PATCH", "/notifications/settings", json=off), 200)
    await eventually(lambda: rows(running.notifier, "SELECT 1 FROM notification_settings"))
    cancelled = reported(cabinet_id, change="cancelled", is_cancel=True)
    async with running.notifier.transaction() as connection:
        await append(connection, [orders_reported(cabinet_id, reported(cabinet_id), cancelled)])
    await eventually(lambda: bool(running.tgsim.messages(chat_id=7)))
    still = "SELECT 1 FROM deliveries WHERE status IN ('pending', 'sending')"
    await eventually(lambda: _is_none(running.notifier, still))
    ends = await rows(running.notifier, "SELECT kind, status, reason FROM deliveries ORDER BY kind")
    assert ends == [
        {"kind": "order_cancelled", "status": "delivered", "reason": "on:default"},
        {"kind": "order_new", "status": "dropped", "reason": "off:kind"},
    ]


async def _is_none(database: Database, statement: str) -> bool:
    return not await rows(database, statement)
