"""An order that is reported until Telegram has its message, and how fast messages are decided and rendered.

`orders.reported` comes by the broker, as the reporter's relay publishes it, 25 a second, each of another shop than the
one before; the notifier is a process of its own, tgsim is Telegram with its limits on. Beside it a process that takes
messages from a queue and posts them by httpx, rendered already.
"""

import asyncio
import os
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import aio_pika
from contracts.cabinets import CabinetConnectedV1
from contracts.notification_settings import NotificationSettings, SettingsRule
from contracts.topics import NOTIFIER_CABINETS
from notifier.deliveries.judge import judge
from notifier.deliveries.model import Delivery
from notifier.handlers.cabinet_connected import cabinet_connected
from notifier.rendering import rendered
from servicekit.broker import connected, event_publisher, make_broker
from servicekit.consume import handle_once
from servicekit.topology import declare_topology
from support import notifying
from support.databases import fresh_databases
from support.outbox_rows import row_of
from tgsim.running import RunningTgsim, running_tgsim

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.processes import cpu_seconds, memory_mb, running_service
from bench.telegram_bare import TEXT

QUEUE = "bench.bare"
WARM = 50
"""Messages before those that count: the first ones of a process wait for what it loads and opens."""
WAIT_SECONDS = 120.0

Tell = Callable[[int], Awaitable[float]]
"""Lets a message go to this chat; the moment, in unix seconds, at which it began to."""


@dataclass(frozen=True)
class Sizes:
    """How many messages, to how many chats, how fast; and how many are decided and rendered."""

    messages: int = 1_500
    chats: int = 100
    per_second: float = 25.0
    rendered: int = 5_000


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    figures: Figures = {"deciding and rendering, one core": entry(_per_second(sizes.rendered), None, "messages/s")}
    async with running_tgsim() as tgsim, _bare(tgsim) as tell:
        bare = await _latencies(tgsim, tell, sizes)
    async with AsyncExitStack() as stack:
        tgsim = await stack.enter_async_context(running_tgsim())
        tell, process = await stack.enter_async_context(_notifier(tgsim, sizes.chats))
        used = cpu_seconds(process)
        ours = await _latencies(tgsim, tell, sizes)
        used = cpu_seconds(process) - used
        figures |= percentiles(f"orders.reported to Telegram, {sizes.per_second:g}/s", ours, bare)
        a_message = used / (WARM + sizes.messages) * 1000
        figures["processor time of the notifier"] = entry(a_message, None, "ms a message")
        figures["the notifier's memory then"] = entry(memory_mb(process), None, "MB")
        stats = tgsim.stats()
    if stats["refused"] or stats["early_sends"]:
        raise RuntimeError(f"Telegram refused: {stats}")
    return figures


async def _latencies(tgsim: RunningTgsim, tell: Tell, sizes: Sizes) -> list[float]:
    """Milliseconds until Telegram had each message; those of one chat come in their order."""
    for number in range(WARM):
        await tell(1 + number % sizes.chats)
        await asyncio.sleep(1 / sizes.per_second)
    *_, last = await tgsim.wait_for_messages(WARM, timeout_seconds=WAIT_SECONDS)
    say(f"{sizes.messages} messages, {sizes.per_second:g} a second")
    told: dict[int, list[float]] = defaultdict(list)
    began = time.perf_counter()
    for number in range(sizes.messages):
        await asyncio.sleep(max(0.0, began + number / sizes.per_second - time.perf_counter()))
        chat = 1 + number % sizes.chats
        told[chat].append(await tell(chat))
    came: dict[int, list[float]] = defaultdict(list)
    everything = await tgsim.wait_for_messages(WARM + sizes.messages, timeout_seconds=WAIT_SECONDS)
    for message in everything:
        if message["seq"] > last["seq"]:
            came[message["chat_id"]].append(message["received_at"])
    pairs = [pair for chat in told for pair in zip(told[chat], came[chat], strict=True)]
    return [(received - sent) * 1000 for sent, received in pairs]


@asynccontextmanager
async def _notifier(tgsim: RunningTgsim, chats: int) -> AsyncIterator[tuple[Tell, asyncio.subprocess.Process]]:
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(fresh_databases(os.environ["DATABASE_URL"]))
        database = await databases.connect("notifier")
        stack.push_async_callback(database.close)
        shops: dict[int, UUID] = {chat: uuid4() for chat in range(1, chats + 1)}
        handlers: dict[type[Any], Any] = {CabinetConnectedV1: cabinet_connected}
        for chat, cabinet_id in shops.items():
            await handle_once(database, NOTIFIER_CABINETS, handlers, notifying.connected(cabinet_id, chat))
        settings = {
            "DATABASE_URL": databases.urls["notifier"],
            "REDIS_KEY_PREFIX": f"bench:{uuid4().hex}:",
            "TELEGRAM_BOT_TOKEN": tgsim.token,
            "TELEGRAM_API_BASE_URL": tgsim.url,
        }
        process = await stack.enter_async_context(running_service("notifier", settings))
        broker = make_broker(os.environ["RABBITMQ_URL"], "bench")
        await stack.enter_async_context(connected(broker))
        publish = event_publisher(broker)

        async def tell(chat: int) -> float:
            row = row_of(notifying.orders_reported(shops[chat]))
            began = time.time()
            await publish(row)
            return began

        yield tell, process


@asynccontextmanager
async def _bare(tgsim: RunningTgsim) -> AsyncIterator[Tell]:
    async with await aio_pika.connect(os.environ["RABBITMQ_URL"]) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue(QUEUE, durable=True, arguments={"x-queue-type": "quorum"})
        arguments = ("consumed", f"{tgsim.url}/bot{tgsim.token}", os.environ["RABBITMQ_URL"], QUEUE)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.telegram_bare", *arguments, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()

        async def tell(chat: int) -> float:
            body = f"{chat} {TEXT}".encode()
            began = time.time()
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, routing_key=QUEUE)
            return began

        try:
            yield tell
        finally:
            process.terminate()
            await process.wait()


def _per_second(count: int) -> float:
    """Messages that are decided by settings with a few rules, and rendered, in a second of processor time."""
    say(f"{count} messages are decided and rendered")
    now = datetime.now(UTC)
    due = _due(count, now)
    began = time.process_time()
    for delivery in due:
        (told,) = judge([delivery], now).go
        assert rendered(told, now).html
    return count / (time.process_time() - began)


def _due(count: int, now: datetime) -> Sequence[Delivery]:
    """Deliveries of many orders, each of a shop of its own user."""
    rules = (
        SettingsRule(kind="order_new", above=100),
        SettingsRule(kind="order_cancelled", is_on=False),
        SettingsRule(channel="email", is_on=False),
    )
    due: list[Delivery] = []
    for number in range(count):
        cabinet_id = uuid4()
        payload = notifying.reported(cabinet_id, price_with_disc=1000 + number).model_dump_json()
        settings = NotificationSettings(language=("ru", "en")[number % 2], rules=rules)
        due.append(
            replace(
                notifying.delivery(cabinet_id=cabinet_id, kind="order_new", payload=payload, created_at=now),
                telegram_id=number,
                settings=settings,
                thread=f"order/{number}",
            )
        )
    return due


if __name__ == "__main__":
    run(measure, Sizes())
