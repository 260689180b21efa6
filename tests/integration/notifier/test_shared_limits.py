"""Limits that several notifiers share through Redis, and what each does without it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
import redis.asyncio
from local.servers import Servers
from notifier.deliveries.limits import MICRO, Aheads, Limits, take_turns
from notifier.deliveries.throttle import Throttle
from notifier.deliveries.wakeup import count_listening, listening
from servicekit.cache import connect_redis
from servicekit.db import Database
from support.eventually import eventually
from support.rows import rows
from support.tcp_proxy import proxied
from support.waiting import many_deliveries
from tgsim.running import RunningTgsim

SLOW = Limits.of(per_second=0.5, per_chat_per_second=0.25, per_group_per_minute=5)
BURSTS = Limits.of(per_second=100, per_chat_per_second=20, per_group_per_minute=20)


def shared(client: redis.asyncio.Redis, prefix: str, limits: Limits = SLOW) -> Throttle:
    return Throttle(limits, client, bot="1", prefix=prefix)


async def test_a_turn_that_one_took_is_not_there_for_another(
    redis_client: redis.asyncio.Redis, redis_prefix: str
) -> None:
    one, other = shared(redis_client, redis_prefix), shared(redis_client, redis_prefix)
    assert [turn is None for turn in await one.take(["7"])] == [False]
    assert await other.take(["8", "7"]) == [None, None]
    assert other.wait_seconds("7") > 3
    assert other.wait_seconds("8") == 0
    assert other.room() == 0
    # Keys end by themselves.
    keys = [key async for key in redis_client.scan_iter(f"{redis_prefix}*")]
    assert sorted(key.removeprefix(redis_prefix) for key in keys) == ["telegram:{1}:all", "telegram:{1}:chat:7"]
    assert all([0 < await redis_client.pttl(key) <= 4_001 for key in keys])


async def test_the_script_gives_the_turns_that_the_process_itself_would(
    redis_client: redis.asyncio.Redis, redis_prefix: str
) -> None:
    chats = ["1", "2", "1", "-3", "2", "1", "-3", *map(str, range(10, 140))]
    expected = take_turns(chats, Aheads(0, dict.fromkeys(chats, 0)), BURSTS)
    turns = await shared(redis_client, redis_prefix, BURSTS).take(chats)
    assert [turn is None for turn in turns] == [turn is None for turn in expected]
    taken = [(turn, said) for turn, said in zip(turns, expected, strict=True) if turn is not None and said is not None]
    began = taken[0][0] - taken[0][1] / MICRO
    assert [round((turn - began) * 1000) for turn, _ in taken] == [round(said / 1000) for _, said in taken]


async def test_a_pause_of_a_chat_or_of_all_holds_every_process(
    redis_client: redis.asyncio.Redis, redis_prefix: str
) -> None:
    one, other = (shared(redis_client, redis_prefix, BURSTS) for _ in range(2))
    await one.limited("-7/1", 600)
    turns = await other.take(["-7/2", "8"])
    assert [turn is None for turn in turns] == [True, False]
    assert other.wait_seconds("-7/2") > 590
    for chat in ("5", "6"):
        await one.limited(chat, 600)
    assert await other.take(["9"]) == [None]


async def test_without_redis_each_keeps_to_its_part_and_to_none_while_it_does_not_know_it(
    servers: Servers, redis_client: redis.asyncio.Redis, redis_prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chats = [str(number) for number in range(200)]
    async with proxied(servers.redis_url) as door, connect_redis(door.url) as client:
        limits, other = shared(client, redis_prefix, BURSTS), shared(redis_client, redis_prefix, BURSTS)
        door.is_open = False
        assert not limits.wants_count()
        assert await limits.take(chats) == [None] * 200
        assert limits.wants_count()
        limits.shared_by(4)
        assert not limits.wants_count()
        alone = [turn for turn in await limits.take(chats) if turn is not None]
        # What 0.8 s hold at 25 a second, and what may go at once.
        assert 20 <= len(alone) <= 27
        # Once it is back it is told of them: the others have only what they left.
        door.is_open = True
        monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 2)
        await limits.take(["300"])
        assert len([turn for turn in await other.take(chats) if turn is not None]) < 5


async def test_a_redis_that_forgot_is_told_what_was_sent(redis_client: redis.asyncio.Redis, redis_prefix: str) -> None:
    limits = shared(redis_client, redis_prefix)
    assert await limits.take(["7"]) != [None]
    async for key in redis_client.scan_iter(f"{redis_prefix}*"):
        await redis_client.delete(key)
    assert await limits.take(["8", "7"]) == [None, None]


async def test_processes_that_send_are_counted_by_the_database(notifier_db: Database) -> None:
    async def count() -> int:
        async with notifier_db.transaction() as connection:
            return await count_listening(connection, "telegram")

    async with (
        listening(notifier_db.dsn, asyncio.Event(), "telegram"),
        listening(notifier_db.dsn, asyncio.Event(), "telegram"),
        listening(notifier_db.dsn, asyncio.Event(), "webhook"),
    ):
        assert await count() == 2
    await eventually(lambda: _is_nobody(count))


async def _is_nobody(count: Callable[[], Awaitable[int]]) -> bool:
    return await count() == 0


async def test_critical_ones_of_any_chat_go_before_all_that_waits_longer(
    notifier_db: Database, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    await many_deliveries(notifier_db, cabinet_id, 300, prefix="1", recipients=300, age_seconds=60)
    await many_deliveries(notifier_db, cabinet_id, 2, prefix="9", recipients=1)
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET is_critical = true WHERE recipient = '91'")
    async with sending(telegram_per_second=4, senders=8):
        messages = await tgsim.wait_for_messages(3, timeout_seconds=60)
    assert [message["chat_id"] for message in messages[:2]] == [91, 91]
    # Who was not served stands where it stood.
    late = await rows(
        notifier_db,
        "SELECT 1 FROM receivers r JOIN deliveries d USING (channel, recipient) "
        "WHERE d.status = 'pending' AND r.due_at > now()",
    )
    assert late == []
