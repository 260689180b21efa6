"""What waits for Telegram, drained by two notifiers at the pace that its limits permit; tgsim counts what is too fast.

At limits many times Telegram's, then for some minutes at Telegram's own; beside each a bare loop of httpx that posts
messages that are rendered already at the same pace. The share is what was sent of what was permitted, from the first
message to the last.
"""

import asyncio
import gc
import json
import os
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import uuid4

from contracts.notification_settings import NotificationSettings, SettingsRule
from servicekit.db import Database
from servicekit.topology import declare_topology
from sqlalchemy import text
from support.databases import fresh_databases
from support.eventually import eventually
from support.notifying import reported
from support.rows import rows
from tgsim.config import Limits
from tgsim.running import RunningTgsim, running_tgsim

from bench.command import run, say
from bench.figures import Figures, entry
from bench.processes import Process, cpu_seconds, memory_mb, peak_mb, running_service

NOTIFIERS = 2
CABINETS = 100
BARE_SHARE = 5
BARE_MOST = 2_000
"""The bare loop sends a fifth as much, and no more than this: its pace is even."""
KEPT_TO = 28.8 / 30
"""At all that is permitted, whatever comes a moment late is refused sooner or later."""
PATIENCE = 2
"""So many times as long as permitted may it take before the measuring gives up."""

_SHOPS = text("""
INSERT INTO cabinets (cabinet_id, name, connected_at)
SELECT id, 'Северный ветер', now() FROM unnest(CAST(:cabinets AS uuid[])) AS id
""")
_WISHES = text("""
INSERT INTO notification_settings (telegram_id, revision, document)
SELECT chat, 1, CAST(:document AS jsonb) FROM generate_series(1, :chats) AS chat
""")
_MESSAGES = text("""
INSERT INTO deliveries (cabinet_id, id, subject, order_id, order_revision, channel, recipient, telegram_id, thread,
                        kind, payload, reported_at, event_id, correlation_id, next_attempt_at, created_at)
SELECT (CAST(:cabinets AS uuid[]))[1 + chat % :cabinet_count], gen_random_uuid(), 'order/' || number || '/1',
       gen_random_uuid(), 1, 'telegram', chat, chat, 'order/' || number, 'order_new', CAST(:payload AS jsonb), now(),
       gen_random_uuid(), gen_random_uuid(), clock_timestamp(), clock_timestamp()
FROM (SELECT number, 1 + number % :chats AS chat FROM generate_series(0, :messages - 1) AS number) AS each
""")


@dataclass(frozen=True)
class Sizes:
    """So many messages to so many chats at limits so many times Telegram's, and to fewer at Telegram's own."""

    messages: int = 100_000
    chats: int = 10_000
    times: float = 10.0
    real_messages: int = 5_400
    real_chats: int = 540
    bare: int = 1
    """0: nothing beside; what posts at an even pace is refused on a machine that does not let it run evenly."""


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    figures = await _drained(sizes.messages, sizes.chats, sizes.times, sizes.bare)
    if sizes.real_messages:
        figures |= await _drained(sizes.real_messages, sizes.real_chats, 1.0, sizes.bare)
    return figures


async def _drained(messages: int, chats: int, times: float, beside: int) -> Figures:
    telegram = Limits()
    limits = Limits(
        per_chat_per_second=telegram.per_chat_per_second * times,
        per_chat_burst=max(telegram.per_chat_burst, round(telegram.per_chat_burst * times)),
        per_second=telegram.per_second * times,
        per_group_per_minute=round(telegram.per_group_per_minute * times),
    )
    rate = limits.per_second
    what = f"{messages:,} messages to {chats:,} chats at {rate:g}/s"
    bare = None
    if beside:
        async with running_tgsim(limits=limits) as tgsim:
            bare = await _bare(tgsim, rate, min(messages // BARE_SHARE, BARE_MOST), chats)
    gc.disable()  # what looks for garbage among a hundred thousand messages keeps tgsim from reading the next
    async with AsyncExitStack() as stack:
        stack.callback(gc.enable)
        databases = await stack.enter_async_context(fresh_databases(os.environ["DATABASE_URL"]))
        database = await databases.connect("notifier")
        stack.push_async_callback(database.close)
        await _add(database, messages, chats)
        tgsim = await stack.enter_async_context(running_tgsim(limits=limits))
        settings = {
            "DATABASE_URL": databases.urls["notifier"],
            "REDIS_KEY_PREFIX": f"bench:{uuid4().hex}:",
            "TELEGRAM_BOT_TOKEN": tgsim.token,
            "TELEGRAM_API_BASE_URL": tgsim.url,
            "TELEGRAM_PER_SECOND": str(rate * KEPT_TO),
            "TELEGRAM_PER_CHAT_PER_SECOND": str(limits.per_chat_per_second),
            "TELEGRAM_PER_GROUP_PER_MINUTE": str(limits.per_group_per_minute),
        }
        say(f"{what}: {NOTIFIERS} notifiers begin")
        running = [stack.enter_async_context(running_service("notifier", settings)) for _ in range(NOTIFIERS)]
        notifiers = await asyncio.gather(*running)
        used = sum(map(cpu_seconds, notifiers))
        await eventually(lambda: _is_sent(tgsim, messages), seconds=60 + PATIENCE * messages / rate)
        used = sum(map(cpu_seconds, notifiers)) - used
        await eventually(lambda: _is_recorded(database, messages), seconds=60)
        return _figures(what, tgsim, rate, bare, notifiers, used)


def _figures(
    what: str, tgsim: RunningTgsim, rate: float, bare: float | None, notifiers: list[Process], used: float
) -> Figures:
    came = sorted(each["received_at"] for each in tgsim.messages())
    stats = tgsim.stats()
    share = 100 * (len(came) - 1) / (came[-1] - came[0]) / rate
    return {
        f"{what}: of what is permitted": entry(share, bare and 100 * bare, "%"),
        f"{what}: answers 429": entry(stats["refused"].get("429", 0), None, "", digits=None),
        f"{what}: sent too early": entry(stats["early_sends"], None, "", digits=None),
        f"{what}: processor time of the notifiers": entry(used / len(came) * 1000, None, "ms a message", digits=2),
        f"{what}: a notifier's memory, at the end": entry(max(map(memory_mb, notifiers)), None, "MB"),
        f"{what}: at most": entry(max(map(peak_mb, notifiers)), None, "MB"),
    }


def _is_sent(tgsim: RunningTgsim, messages: int) -> bool:
    return bool(tgsim.stats()["accepted"] >= messages)


async def _is_recorded(database: Database, messages: int) -> bool:
    found = await rows(database, "SELECT count(*) AS n FROM deliveries WHERE status = 'delivered'")
    return bool(found[0]["n"] == messages)


async def _add(database: Database, messages: int, chats: int) -> None:
    """What waits: each user wants every message by itself."""
    cabinets = [uuid4() for _ in range(CABINETS)]
    wishes = NotificationSettings(rules=(SettingsRule(group_after=0),))
    async with database.transaction() as connection:
        await connection.execute(_SHOPS, {"cabinets": cabinets})
        await connection.execute(_WISHES, {"chats": chats, "document": wishes.model_dump_json()})
        values = {
            "cabinets": cabinets,
            "cabinet_count": CABINETS,
            "chats": chats,
            "messages": messages,
            "payload": reported(cabinets[0]).model_dump_json(),
        }
        await connection.execute(_MESSAGES, values)
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE deliveries"))


async def _bare(tgsim: RunningTgsim, rate: float, count: int, chats: int) -> float:
    """The share of the permitted rate."""
    say(f"{count:,} messages at {rate:g}/s, bare")
    arguments = ("paced", f"{tgsim.url}/bot{tgsim.token}", rate, count, chats)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.telegram_bare", *map(str, arguments), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the bare loop failed")
    return float(count / json.loads(printed) / rate)


if __name__ == "__main__":
    run(measure, Sizes())
