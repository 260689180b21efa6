"""Sellers are told that an endpoint of theirs takes nothing, once, and once more when it does again."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifier.jobs import tell_outages as tell_outages_module
from notifier.jobs.tell_outages import tell_outages
from notifier.settings import Settings
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import connected, disconnected, orders_reported, reported
from support.rows import rows, statements
from support.subscriptions import Subscription, hear, off, settings_entered, subscribe
from support.waiting import until
from tgsim.running import RunningTgsim


@pytest.fixture
async def subscription(
    notifier_db: Database, settings: Settings, cabinet_id: UUID, tgsim: RunningTgsim
) -> Subscription:
    """The webhook of the user of chat 7, to tgsim's receiver `shop`."""
    return await subscribe(notifier_db, 7, tgsim.webhook_url("shop"), settings.seal_private_keys)


@pytest.fixture
def shop(subscription: Subscription) -> UUID:
    """Its id."""
    return subscription.id


async def minutes_pass(database: Database, minutes: int) -> None:
    async with database.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE receivers SET failing_since = failing_since - make_interval(mins => $1), "
            "refusing_since = refusing_since - make_interval(mins => $1)",
            (minutes,),
        )


async def probe_now(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.exec_driver_sql("UPDATE receivers SET paused_until = NULL, due_at = now()")
        await connection.exec_driver_sql("UPDATE deliveries SET next_attempt_at = now() WHERE status = 'pending'")


async def until_failing(database: Database, shop: UUID, *, failing: bool) -> None:
    async def is_so() -> bool:
        found = await rows(
            database, "SELECT failures > 0 AS is_failing FROM receivers WHERE recipient = :id", id=str(shop)
        )
        return bool(found and found[0]["is_failing"] == failing)

    await eventually(is_so)


async def told(database: Database) -> list[str]:
    """What was told of endpoints, and through which channel."""
    found = await rows(
        database,
        "SELECT channel || ': ' || kind || ' ' || (payload ->> 'state') AS told FROM deliveries "
        "WHERE kind LIKE 'webhook%' ORDER BY created_at",
    )
    return [row["told"] for row in found]


async def test_an_endpoint_that_fails_for_an_hour_is_told_once_and_once_more_when_it_is_back(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: UUID
) -> None:
    tgsim.answer_webhooks("shop", 500)
    async with sending():
        await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(8))))
        await until_failing(notifier_db, shop, failing=True)
        await minutes_pass(notifier_db, 59)
        await tell_outages(notifier_db)
        assert await told(notifier_db) == []
        await minutes_pass(notifier_db, 2)
        await asyncio.gather(*(tell_outages(notifier_db) for _ in range(3)))
        await tell_outages(notifier_db)
        assert await told(notifier_db) == ["telegram: webhook_failing unavailable"]
        tgsim.answer_webhooks("shop", 204)
        await probe_now(notifier_db)
        await until(notifier_db, "channel = 'webhook' AND status = 'delivered'", 8)
        for _ in range(2):
            await tell_outages(notifier_db)
        await until(notifier_db, "kind LIKE 'webhook%' AND status = 'delivered'", 2)
    assert await told(notifier_db) == [
        "telegram: webhook_failing unavailable", "telegram: webhook_recovered unavailable"
    ]  # fmt: skip
    failing, recovered = tgsim.messages(chat_id=7)[-2:]
    assert "127.0.0.1 отвечает кодом 500." in failing["text"]
    assert "Вебхук снова принимает сообщения" in recovered["text"]
    assert "1 ч 1 мин" in recovered["text"]


async def test_one_that_fails_again_is_told_again(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, shop: UUID
) -> None:
    async with sending():
        for failing in (True, False) * 2:
            tgsim.answer_webhooks("shop", 500 if failing else 204)
            await handle(orders_reported(cabinet_id))
            await probe_now(notifier_db)
            await until_failing(notifier_db, shop, failing=failing)
            await minutes_pass(notifier_db, 61)
            await tell_outages(notifier_db)
    kinds = [each.split()[1] for each in await told(notifier_db)]
    assert kinds == ["webhook_failing", "webhook_recovered"] * 2


@pytest.mark.usefixtures("at_once")
async def test_one_that_is_gone_is_told_at_once_and_begins_anew_when_it_is_resumed(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID, subscription: Subscription
) -> None:
    tgsim.answer_webhooks("shop", 410)
    async with sending():
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "channel = 'webhook' AND status = 'failed'", 1)
    for _ in range(2):
        await tell_outages(notifier_db)
    assert await told(notifier_db) == ["telegram: webhook_paused gone"]
    await hear(notifier_db, subscription.entered(resumes=1))
    await tell_outages(notifier_db)
    assert await told(notifier_db) == ["telegram: webhook_paused gone"]


async def test_its_user_alone_is_told_and_not_where_he_does_not_want_it(
    notifier_db: Database, handle: Any, settings: Settings
) -> None:
    unwanted, wanted = sorted([uuid4(), uuid4()])
    for cabinet_id in (unwanted, wanted):
        await handle(connected(cabinet_id, 7, 8))
    await hear(notifier_db, settings_entered(7, *off(unwanted, "webhook_failing")))
    await subscribe(notifier_db, 7, "https://shop.example/", settings.seal_private_keys)
    await handle(orders_reported(wanted))
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE receivers SET failing_since = now() - interval '2 hours', failures = 9"
        )
    await tell_outages(notifier_db)
    found = await rows(notifier_db, "SELECT cabinet_id, recipient FROM deliveries WHERE kind = 'webhook_failing'")
    assert found == [{"cabinet_id": wanted, "recipient": "7"}]


async def test_one_that_must_not_be_called_is_told(
    notifier_db: Database, handle: Any, sending: Any, cabinet_id: UUID, shop: UUID
) -> None:
    async with sending(allow_private_urls=False):
        await handle(orders_reported(cabinet_id))
        await until(notifier_db, "recipient = :shop AND failures > 0", 1, shop=str(shop))
    await minutes_pass(notifier_db, 61)
    await tell_outages(notifier_db)
    assert await told(notifier_db) == ["telegram: webhook_failing refused"]


async def test_nobody_is_told_of_a_disconnected_cabinets_endpoint(
    notifier_db: Database, handle: Any, cabinet_id: UUID, shop: UUID
) -> None:
    await handle(orders_reported(cabinet_id))
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE receivers SET failing_since = now() - interval '2 days', failures = 9")
    await handle(disconnected(cabinet_id))
    await tell_outages(notifier_db)
    assert await told(notifier_db) == []


async def test_many_cost_no_more_statements_than_one(
    notifier_db: Database, handle: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        cabinet_id = uuid4()
        await handle(connected(cabinet_id, 100 + number))
        url = f"https://shop{number}.example/hook?token=secret"
        await subscribe(notifier_db, 100 + number, url, settings.seal_private_keys)
        await handle(orders_reported(cabinet_id))
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE receivers SET failing_since = now() - interval '2 days', failures = 9")
    monkeypatch.setattr(tell_outages_module, "BATCH", 10)
    with statements(notifier_db) as sent:
        await tell_outages(notifier_db)
    assert len(sent) == 6
    found = await rows(notifier_db, "SELECT payload FROM deliveries WHERE kind = 'webhook_failing'")
    assert sorted(row["payload"]["host"] for row in found) == sorted(f"shop{n}.example" for n in range(12))
    assert not [row for row in found if "secret" in str(row)]
