"""Telegram messages of many cabinets while one seller's webhook takes 3 s to answer and has 1,000 deliveries due.

The notifier's own process, on a PostgreSQL and a RabbitMQ of its own, and tgsim for Telegram and for the endpoint. A
message's latency is the time from its delivery's row to Telegram's answer.
"""

import asyncio
import os
import time
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from contracts.cabinets import CabinetConnectedV1
from contracts.envelope import Event
from contracts.orders import OrdersReportedV1
from contracts.topics import NOTIFIER_ORDERS
from notifier.handlers.cabinet_connected import cabinet_connected
from notifier.handlers.told_by_rules import told_by_rules
from pydantic import SecretStr
from servicekit.consume import handle_once
from servicekit.crypto import generate_keys
from servicekit.db import Database
from servicekit.topology import declare_topology
from support import notifying
from support.databases import fresh_databases
from support.eventually import eventually
from support.rows import rows
from support.subscriptions import subscribe, want_nothing
from tgsim.running import RunningTgsim, running_tgsim

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.processes import Process, cpu_seconds, running_service

WAIT_SECONDS = 60.0
_EVENT_ORDERS = 250
_HANDLERS: dict[type[Any], Any] = {CabinetConnectedV1: cabinet_connected, OrdersReportedV1: told_by_rules}
_LATENCIES = """
SELECT CAST(extract(epoch FROM a.finished_at - d.created_at) AS double precision) * 1000 AS ms
FROM deliveries d JOIN delivery_attempts a ON (a.cabinet_id, a.delivery_id) = (d.cabinet_id, d.id)
WHERE d.channel = 'telegram' AND a.outcome = 'delivered'
"""


@dataclass(frozen=True)
class Sizes:
    """How much is sent, how fast, and how slow the endpoint is."""

    cabinets: int = 100
    messages: int = 240
    per_second: int = 20
    webhook_due: int = 1_000
    webhook_seconds: float = 3.0


@dataclass(frozen=True)
class _Outcome:
    latencies_ms: list[float]
    cpu_seconds: float
    calls: int


async def measure(sizes: Sizes) -> Figures:
    """With the endpoint's deliveries, beside the same without them. Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    # At the same time, each on a database of its own: whatever else the machine does meets both.
    setup, together = asyncio.Lock(), asyncio.Barrier(2)
    async with asyncio.TaskGroup() as group:
        without = group.create_task(_run(replace(sizes, webhook_due=0), setup, together))
        with_slow = group.create_task(_run(sizes, setup, together))
    alone, beside = without.result(), with_slow.result()
    slow = f"a webhook of {sizes.webhook_seconds:g} s with {sizes.webhook_due:,} due"
    return {
        **percentiles(f"a message to Telegram beside {slow}", beside.latencies_ms, alone.latencies_ms),
        "notifier meanwhile, processor time": entry(beside.cpu_seconds, alone.cpu_seconds, "s"),
        "calls of that webhook meanwhile": entry(beside.calls, None, ""),
    }


async def _run(sizes: Sizes, setup: asyncio.Lock, together: asyncio.Barrier) -> _Outcome:
    async with AsyncExitStack() as stack:
        async with setup:
            databases = await stack.enter_async_context(fresh_databases(os.environ["DATABASE_URL"]))
            database = await databases.connect("notifier")
            stack.push_async_callback(database.close)
            tgsim = await stack.enter_async_context(running_tgsim(limits=None))
            _, private_key = generate_keys()
            cabinets = [uuid4() for _ in range(sizes.cabinets)]
            for chat_id, cabinet_id in enumerate(cabinets, start=1):
                await _handle(database, notifying.connected(cabinet_id, chat_id))
            notifier = await stack.enter_async_context(_notifier(database.dsn, private_key, tgsim))
            if sizes.webhook_due:
                await _slow_webhook(database, private_key, tgsim, sizes)
        await together.wait()
        say(f"sending {sizes.messages} messages, {sizes.webhook_due} due of the webhook")
        used = cpu_seconds(notifier)
        await _send(database, cabinets, sizes)
        await tgsim.wait_for_messages(sizes.messages, timeout_seconds=WAIT_SECONDS)
        used, calls = cpu_seconds(notifier) - used, len(tgsim.webhooks())
        await eventually(lambda: _all_recorded(database, sizes.messages), seconds=WAIT_SECONDS)
        return _Outcome([row["ms"] for row in await rows(database, _LATENCIES)], used, calls)


async def _all_recorded(database: Database, messages: int) -> bool:
    return len(await rows(database, _LATENCIES)) == messages


async def _send(database: Database, cabinets: list[UUID], sizes: Sizes) -> None:
    """One new order at a time of one cabinet after another, at a steady rate."""
    began = time.perf_counter()
    for n in range(sizes.messages):
        await asyncio.sleep(max(0.0, began + n / sizes.per_second - time.perf_counter()))
        await _handle(database, notifying.orders_reported(cabinets[n % len(cabinets)]))


async def _slow_webhook(database: Database, private_key: str, tgsim: RunningTgsim, sizes: Sizes) -> None:
    """A cabinet of its own whose endpoint is called already and has everything else waiting."""
    cabinet_id = uuid4()
    tgsim.answer_webhooks("slow", 204, seconds=sizes.webhook_seconds)
    user = sizes.cabinets + 1
    await _handle(database, notifying.connected(cabinet_id, user))
    await want_nothing(database, cabinet_id, user)
    await subscribe(database, user, tgsim.webhook_url("slow"), SecretStr(private_key))
    for _ in range(0, sizes.webhook_due, _EVENT_ORDERS):
        orders = [notifying.reported(cabinet_id) for _ in range(_EVENT_ORDERS)]
        await _handle(database, notifying.orders_reported(cabinet_id, *orders))
    await eventually(lambda: bool(tgsim.webhooks()), seconds=WAIT_SECONDS)


async def _handle(database: Database, event: Event[Any]) -> None:
    await handle_once(database, NOTIFIER_ORDERS, _HANDLERS, event)


def _notifier(dsn: str, private_key: str, tgsim: RunningTgsim) -> AbstractAsyncContextManager[Process]:
    environment = {
        "DATABASE_URL": dsn,
        "TELEGRAM_BOT_TOKEN": tgsim.token,
        "TELEGRAM_API_BASE_URL": tgsim.url,
        # At 30 a second what one stall of the machine holds up takes ten times as long to be made good.
        "TELEGRAM_PER_SECOND": "1000",
        "SEAL_PRIVATE_KEYS": private_key,
        "ALLOW_PRIVATE_URLS": "1",
    }
    return running_service("notifier", environment)


if __name__ == "__main__":
    run(measure, Sizes())
