"""Very many orders at once: a few messages that tell all of them, and never one more than Telegram takes."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from notifier.deliveries import claim
from servicekit.db import Database
from support.eventually import eventually
from support.grouped import is_of_many, orders_told
from support.notifying import connected, orders_reported, reported
from support.rows import rows
from tgsim.running import RunningTgsim, running_tgsim

EVENTS, IN_EACH = 25, 20


@pytest.fixture
async def tgsim() -> Any:
    """With Telegram's limits."""
    async with running_tgsim() as running:
        yield running


async def test_a_burst_is_told_whole_in_few_messages_within_telegrams_limits(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "GROUP_EVERY_SECONDS", 1.5)
    cabinets = [uuid4(), uuid4()]
    # Two people, each told of both shops.
    for cabinet_id in cabinets:
        await handle(connected(cabinet_id, 8, 9))
    async with sending(telegram_per_second=25, telegram_per_chat_per_second=1, telegram_per_group_per_minute=20):
        for at in range(EVENTS):
            cabinet_id = cabinets[at % 2]
            await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(IN_EACH))))
            await asyncio.sleep(0.05)

        async def all_told() -> bool:
            return not await rows(notifier_db, "SELECT 1 FROM deliveries WHERE status <> 'delivered' LIMIT 1")

        await eventually(all_told)
    for chat_id in (8, 9):
        messages = tgsim.messages(chat_id=chat_id)
        assert orders_told(messages) == EVENTS * IN_EACH
        assert any(map(is_of_many, messages))
        assert len(messages) < EVENTS
    stats = tgsim.stats()
    assert (stats["refused"], stats["early_sends"]) == ({}, 0)
    told = await rows(notifier_db, "SELECT DISTINCT recipient, order_id FROM deliveries WHERE message_id IS NOT NULL")
    assert len(told) == 2 * EVENTS * IN_EACH
