"""A chat that blocked the bot, or is no more."""

from typing import Any
from uuid import UUID

import pytest
from notifier.deliveries.judge import CHAT_IS_GONE
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import connected, orders_reported, reported
from support.rows import rows
from support.subscriptions import hear, settings_entered
from support.waiting import by_status, other_cabinet, until
from tgsim.running import RunningTgsim

pytestmark = pytest.mark.usefixtures("at_once")


async def dropped(database: Database) -> int:
    (found,) = await rows(
        database,
        "SELECT count(*) AS n FROM deliveries WHERE status = 'dropped' AND reason = :reason",
        reason=CHAT_IS_GONE,
    )
    return int(found["n"])


async def move_back(database: Database, hours: int) -> None:
    async with database.transaction() as connection:
        await connection.exec_driver_sql(f"UPDATE receivers SET gone_at = gone_at - interval '{hours} hours'")


async def test_what_waits_for_it_ends_with_the_second_refusal_and_what_comes_later_is_not_sent(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.set_chat(7, "blocked")
    await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(8))))
    async with sending():
        await eventually(lambda: _all_ended(notifier_db, 8))
        refused = tgsim.stats()["refused"]["403"]
        # What was on its way already, at most four at a time, asked as well.
        assert 2 <= refused <= 8
        assert await dropped(notifier_db) >= 1
        other = await other_cabinet(handle, connected)
        await handle(orders_reported(cabinet_id), orders_reported(other))
        await until(notifier_db, "status = 'delivered'", 1)
        await eventually(lambda: _all_ended(notifier_db, 10))
    assert tgsim.stats()["refused"]["403"] == refused


async def test_it_is_asked_once_a_day_and_sent_to_again_once_it_takes_a_message(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.set_chat(7, "blocked")
    async with sending():
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "status = 'failed'", 1)
        assert tgsim.stats()["refused"] == {"403": 2}
        await move_back(notifier_db, 25)
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(3))))
        await eventually(lambda: _all_ended(notifier_db, 4))
        assert tgsim.stats()["refused"] == {"403": 3}
        await move_back(notifier_db, 25)
        tgsim.set_chat(7, "ok")
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "status = 'delivered'", 1)
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "status = 'delivered'", 2)
    assert await rows(notifier_db, "SELECT gone_at, gone_said_at, refusing_since FROM receivers") == [
        {"gone_at": None, "gone_said_at": None, "refusing_since": None}
    ]


async def test_one_who_is_heard_of_is_sent_to_at_once(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.set_chat(7, "blocked")
    async with sending():
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "status = 'failed'", 1)
        tgsim.set_chat(7, "ok")
        await hear(notifier_db, settings_entered(7))
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "status = 'delivered'", 1)


async def test_a_refusal_of_one_message_says_nothing_of_its_chat(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.add_fault(kind="refusal", refusal="topic_closed", times=99)
    async with sending():
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "status = 'failed'", 1)
    assert await rows(notifier_db, "SELECT gone_said_at FROM receivers") == [{"gone_said_at": None}]


async def _all_ended(database: Database, deliveries: int) -> bool:
    ended = await by_status(database)
    return sum(n for status, n in ended.items() if status in ("failed", "dropped", "delivered")) == deliveries
