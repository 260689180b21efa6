"""What the clock does about deliveries nobody takes, and what it forgets."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from notifier.jobs import give_up as give_up_module
from notifier.jobs import retention
from notifier.jobs.give_up import give_up
from notifier.jobs.purge import purge
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import connected, disconnected, orders_reported, reported
from support.rows import count, rows
from support.waiting import by_status, many_deliveries, until
from tgsim.running import RunningTgsim


async def test_what_was_not_taken_within_two_weeks_is_given_up_and_told(
    notifier_db: Database, handle: Any, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(give_up_module, "BATCH", 2)
    await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(6))))
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET created_at = now() - interval '15 days', last_error = 'answered 500' "
            "WHERE id IN (SELECT id FROM deliveries LIMIT 5)"
        )
    await give_up(notifier_db)
    assert await by_status(notifier_db) == {"failed": 5, "pending": 1}
    events = await rows(
        notifier_db,
        "SELECT CAST(convert_from(body, 'UTF8') AS jsonb) #>> '{data,reason}' AS reason, count(*) AS n FROM outbox "
        "WHERE type = 'notification.failed.v1' GROUP BY 1",
    )
    assert events == [{"reason": "not taken within 14 days: answered 500", "n": 5}]


async def test_photos_are_forgotten_and_uploaded_again_when_wanted(notifier_db: Database, cabinet_id: UUID) -> None:
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO photos (cabinet_id, url, file_id, uploaded_at) "
            "SELECT $1, 'https://p/' || days, 'x', now() - make_interval(days => days) FROM unnest($2::int[]) AS days",
            (cabinet_id, [1, 99, 101, 200]),
        )
    await retention.forget_old(notifier_db)
    assert await rows(notifier_db, "SELECT url FROM photos ORDER BY 1") == [
        {"url": "https://p/1"}, {"url": "https://p/99"}
    ]  # fmt: skip


async def test_receivers_of_no_cabinet_are_forgotten_once_nothing_waits_for_them(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    gone = uuid4()
    await handle(connected(gone, 8), orders_reported(gone), orders_reported(cabinet_id), disconnected(gone))
    await many_deliveries(notifier_db, cabinet_id, 1, prefix="9")  # of a member that was removed
    await retention.forget_old(notifier_db)
    found = await rows(notifier_db, "SELECT recipient FROM receivers ORDER BY 1")
    assert [row["recipient"] for row in found] == ["7", "8", "91"]
    async with sending(lease_seconds=1):
        await until(notifier_db, "status = 'delivered'", 2)
        await until_out_of_line(notifier_db)
    await purge(notifier_db)
    await retention.forget_old(notifier_db)
    assert await rows(notifier_db, "SELECT recipient FROM receivers") == [{"recipient": "7"}]
    assert await count(notifier_db, "deliveries") == 2


async def until_out_of_line(database: Database) -> None:
    async def are() -> bool:
        return not await rows(database, "SELECT 1 FROM receivers WHERE due_at <> 'infinity'")

    await eventually(are)
