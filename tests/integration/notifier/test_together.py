"""What is decided when a delivery goes: put off, left out, or told with others in one message."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.notification_settings import Quiet, SettingsRule
from notifier.deliveries.enqueue import Notice, enqueue
from notifier.deliveries.sender import Sender
from servicekit.db import Database
from support.notifying import connected, orders_reported, reported
from support.rows import rows
from support.subscriptions import hear, settings_entered
from support.wanting import want
from tgsim.running import RunningTgsim

ORDERS = 25


@pytest.fixture
async def busy_cabinet(handle: Any) -> UUID:
    """A cabinet of somebody who said nothing about his messages."""
    cabinet_id = uuid4()
    await handle(connected(cabinet_id, 8))
    return cabinet_id


async def sent(sender: Sender) -> None:
    """Claim once, send, record."""
    await sender.claim_due()
    await sender.idle()
    await sender.record_ended()


async def statuses(database: Database) -> list[tuple[str, str | None, int]]:
    found = await rows(database, "SELECT status, reason, count(*) AS n FROM deliveries GROUP BY 1, 2 ORDER BY 1, 2")
    return [(row["status"], row["reason"], row["n"]) for row in found]


async def test_a_burst_is_one_message_and_nothing_is_left_out(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    orders = [reported(busy_cabinet, price_with_disc=100 + n) for n in range(ORDERS)]
    await handle(orders_reported(busy_cabinet, *orders))
    await sent(sender)
    (message,) = tgsim.messages()
    assert str(ORDERS) in message["text"]
    assert await statuses(notifier_db) == [("delivered", "burst", ORDERS)]
    heads = await rows(notifier_db, "SELECT DISTINCT coalesce(told_in, id) AS id, message_id FROM deliveries")
    assert [head["message_id"] for head in heads] == [str(message["message_id"])]
    # Each is told of: it was told in a message.
    assert len(await rows(notifier_db, "SELECT 1 FROM outbox WHERE type = 'notification.delivered.v1'")) == ORDERS


async def test_the_next_burst_waits_a_minute_and_what_is_critical_does_not(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    await handle(orders_reported(busy_cabinet, *(reported(busy_cabinet) for _ in range(ORDERS))))
    await sent(sender)
    await handle(orders_reported(busy_cabinet, *(reported(busy_cabinet) for _ in range(ORDERS))))
    await sent(sender)
    assert len(tgsim.messages()) == 1
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET is_critical = true, kind = 'cabinet_suspended', payload = $1 "
            "WHERE id = (SELECT id FROM deliveries WHERE status = 'pending' LIMIT 1)",
            ('{"reason": "token_rejected", "detail": "401"}',),
        )
    await sent(sender)
    assert len(tgsim.messages()) == 2
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE receivers SET grouped_at = grouped_at - interval '1 minute'")
        await connection.exec_driver_sql("UPDATE receivers SET due_at = now()")
    await sent(sender)
    assert len(tgsim.messages()) == 3
    assert await rows(notifier_db, "SELECT 1 FROM deliveries WHERE status <> 'delivered'") == []


async def test_off_counts_for_what_waits_already_and_the_reason_is_kept(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    await handle(orders_reported(busy_cabinet))
    await want(notifier_db, 8, rules=(SettingsRule(cabinet_id=busy_cabinet, is_on=False),))
    await sent(sender)
    assert tgsim.messages() == []
    assert await statuses(notifier_db) == [("dropped", "off:cabinet", 1)]
    assert await rows(notifier_db, "SELECT 1 FROM receivers WHERE due_at < 'infinity'") == []


async def test_thresholds_and_items_count_when_it_goes_and_an_unknown_amount_is_below_none(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    orders = [
        reported(busy_cabinet, nm_id=nm_id, price_with_disc=price)
        for nm_id, price in ((1, 1_000), (1, 999), (1, None), (2, 1_000))
    ]
    await handle(orders_reported(busy_cabinet, *orders))
    rules = (
        SettingsRule(kind="order_new", above=1_000, only_nm_ids=(1,)),
        SettingsRule(kind="order_big", is_on=False),
        SettingsRule(kind="order_first", is_on=False),
    )
    await want(notifier_db, 8, rules=rules)
    await sent(sender)
    assert len(tgsim.messages()) == 2
    found = await statuses(notifier_db)
    assert found == [("delivered", "on:default", 2), ("dropped", "below:kind", 1), ("dropped", "not_this_item", 1)]


async def test_what_waited_for_the_morning_is_one_message(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    now = datetime.now(UTC)
    night = Quiet(since=f"{now - timedelta(hours=2):%H:%M}", until=f"{now + timedelta(hours=2):%H:%M}")
    await want(notifier_db, 8, zone="Etc/UTC", rules=(SettingsRule(quiet=night),))
    await handle(orders_reported(busy_cabinet, *(reported(busy_cabinet) for _ in range(3))))
    await sent(sender)
    assert await statuses(notifier_db) == [("pending", "quiet", 3)]
    (waiting,) = await rows(notifier_db, "SELECT DISTINCT next_attempt_at - now() AS waits FROM deliveries")
    assert timedelta(hours=1) < waiting["waits"] <= timedelta(hours=2)
    over = Quiet(since=f"{now - timedelta(hours=2):%H:%M}", until=f"{now - timedelta(minutes=1):%H:%M}")
    await want(notifier_db, 8, zone="Etc/UTC", rules=(SettingsRule(quiet=over),))
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET next_attempt_at = now(), created_at = created_at - interval '1 hour'"
        )
        await connection.exec_driver_sql("UPDATE receivers SET due_at = now()")
    await sent(sender)
    assert len(tgsim.messages()) == 1
    assert await statuses(notifier_db) == [("delivered", "woken", 3)]


async def test_what_waits_for_the_morning_is_told_when_quiet_hours_are_taken_back(
    notifier_db: Database, handle: Any, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    now = datetime.now(UTC)
    night = Quiet(since=f"{now - timedelta(hours=2):%H:%M}", until=f"{now + timedelta(hours=2):%H:%M}")
    await want(notifier_db, 8, zone="Etc/UTC", rules=(SettingsRule(quiet=night),))
    await handle(orders_reported(busy_cabinet))
    await sent(sender)
    # Another change of settings leaves it where it was, and so does an older one that comes late.
    await hear(notifier_db, settings_entered(8, SettingsRule(quiet=night), zone="Etc/UTC", language="en"))
    await hear(notifier_db, settings_entered(8, zone="Etc/UTC", revision=1))
    await sent(sender)
    assert await statuses(notifier_db) == [("pending", "quiet", 1)]
    await hear(notifier_db, settings_entered(8, zone="Etc/UTC", revision=3))
    await sent(sender)
    assert len(tgsim.messages()) == 1
    assert await statuses(notifier_db) == [("delivered", "on:default", 1)]


async def test_an_order_of_which_two_things_wait_is_one_of_many_and_told_once(
    notifier_db: Database, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    for n in range(ORDERS):
        order = reported(busy_cabinet, srid=f"order-{n}")
        event = orders_reported(busy_cabinet, order)
        thread, payload = f"order/{n}", order.model_dump_json()
        notices = [
            Notice("order_new", f"{thread}/1", payload, thread=thread),
            Notice("order_priced", f"{thread}/2", payload, thread=thread, only_edits=True),
        ]
        async with notifier_db.transaction() as connection:
            await enqueue(connection, event, notices)
    await sent(sender)
    (message,) = tgsim.messages()
    assert f"{ORDERS}" in message["text"]
    assert f"{2 * ORDERS}" not in message["text"]
    found = await rows(notifier_db, "SELECT status, count(*) AS n, count(told_in) AS beside FROM deliveries GROUP BY 1")
    assert found == [{"status": "delivered", "n": 2 * ORDERS, "beside": 2 * ORDERS - 1}]


async def test_an_older_state_of_what_was_one_of_many_is_not_told_later(
    notifier_db: Database, sender: Sender, tgsim: RunningTgsim, busy_cabinet: UUID
) -> None:
    async def add(kind: Any, number: int) -> None:
        order = reported(busy_cabinet, srid=f"order-{number}")
        notice = Notice(kind, f"{kind}/{number}", order.model_dump_json(), thread=f"order/{number}")
        async with notifier_db.transaction() as connection:
            await enqueue(connection, orders_reported(busy_cabinet, order), [notice])

    await add("order_new", 0)
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET next_attempt_at = now() + interval '1 hour'")
    for number in range(ORDERS):
        await add("order_cancelled", number)
    await sent(sender)
    assert len(tgsim.messages()) == 1
    assert await statuses(notifier_db) == [("delivered", "burst", ORDERS), ("dropped", "superseded", 1)]
