"""Telegram is away for hours, in every way it can be, and comes back."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from local.ports import free_port
from notifier.app import make_senders
from notifier.deliveries.schedule import AWAY_SECONDS, JITTER
from notifier.deliveries.sender import Sender
from notifier.settings import Settings
from servicekit.db import Database
from support.notifying import connected, orders_reported, reported
from support.rows import rows
from tgsim.running import RunningTgsim

CHATS = (8, 9, 10)
AT_FIRST = 25
"""Orders of each shop when it begins."""
ROUNDS = 16
"""In each it is asked, and an order comes to each shop; then 10 minutes pass."""


@pytest.fixture
async def cut_off(
    notifier_db: Database, settings: Settings, redis_client: redis.asyncio.Redis
) -> AsyncIterator[Sender]:
    """A sender that cannot reach Telegram."""
    nowhere = settings.model_copy(update={"telegram_api_base_url": f"http://127.0.0.1:{free_port()}"})
    async with make_senders(notifier_db, nowhere, redis_client) as senders:
        yield next(each for each in senders if each.channel == "telegram")


async def sent(sender: Sender) -> None:
    """Claim until there is nothing more to claim, send, record."""
    while await sender.claim_due():
        await sender.idle()
        await sender.record_ended()


async def minutes_pass(database: Database, minutes: int) -> None:
    async with database.transaction() as connection:
        for statement in (
            "UPDATE deliveries SET next_attempt_at = next_attempt_at - make_interval(mins => $1), "
            "created_at = created_at - make_interval(mins => $1) WHERE status = 'pending'",
            "UPDATE receivers SET paused_until = paused_until - make_interval(mins => $1), "
            "due_at = due_at - make_interval(mins => $1), grouped_at = grouped_at - make_interval(mins => $1)",
        ):
            await connection.exec_driver_sql(statement, (minutes,))


async def seconds_until_the_next_try(database: Database) -> float:
    """Of the chat that waits longest."""
    found = await rows(
        database,
        """SELECT extract(epoch FROM max(greatest(due_at, paused_until)) - clock_timestamp()) AS seconds
           FROM receivers WHERE channel = 'telegram'""",
    )
    return float(found[0]["seconds"])


async def test_each_chat_is_told_in_one_message_what_waited_and_nothing_is_lost(
    notifier_db: Database, handle: Any, sender: Sender, cut_off: Sender, tgsim: RunningTgsim
) -> None:
    cabinets: dict[int, UUID] = {chat: uuid4() for chat in CHATS}
    for chat, cabinet_id in cabinets.items():
        await handle(connected(cabinet_id, chat))
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(AT_FIRST))))
    for number in range(ROUNDS):
        tgsim.add_fault(kind="status", status=(500, 502, 503)[number % 3], times=1000)
        await sent(cut_off if number % 2 else sender)
        tgsim.clear()
        assert await seconds_until_the_next_try(notifier_db) <= AWAY_SECONDS * (1 + JITTER)
        for cabinet_id in cabinets.values():
            await handle(orders_reported(cabinet_id))
        await minutes_pass(notifier_db, 10)
    assert tgsim.messages() == []
    attempts = await rows(notifier_db, "SELECT DISTINCT outcome FROM delivery_attempts")
    assert attempts == [{"outcome": "unavailable"}]
    await minutes_pass(notifier_db, 60)
    await sent(sender)
    messages = tgsim.messages()
    assert sorted(message["chat_id"] for message in messages) == sorted(CHATS)
    assert all(str(AT_FIRST + ROUNDS) in message["text"] for message in messages)
    counted = await rows(notifier_db, "SELECT status, count(*) AS n FROM deliveries GROUP BY 1")
    assert counted == [{"status": "delivered", "n": len(CHATS) * (AT_FIRST + ROUNDS)}]
    told = await rows(notifier_db, "SELECT 1 FROM outbox WHERE type = 'notification.delivered.v1'")
    assert len(told) == len(CHATS) * (AT_FIRST + ROUNDS)
    # It is back: what comes now is told as always.
    await handle(orders_reported(cabinets[CHATS[0]]))
    await sent(sender)
    assert len(tgsim.messages()) == len(CHATS) + 1
