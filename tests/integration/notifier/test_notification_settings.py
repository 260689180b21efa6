"""What users want to be told, in the notifier: the newest document, and the rules that switch kinds off."""

from typing import Any
from uuid import UUID, uuid4

from contracts.notification_settings import SettingsRule
from notifier.deliveries.sender import Sender
from notifier.settings import Settings
from servicekit.db import Database
from support.notifying import connected, disconnected, members_changed, orders_reported, reported
from support.rows import all_rows, rows
from support.subscriptions import hear, off, preferences, settings_entered, subscribe


async def told(database: Database, sender: Sender) -> set[tuple[UUID, str, str]]:
    """What people are told of orders, once everything that is due was decided."""
    while await rows(database, "SELECT 1 FROM deliveries WHERE channel = 'telegram' AND status = 'pending'"):
        await sender.claim_due()
        await sender.idle()
        await sender.record_ended()
    found = await rows(
        database,
        "SELECT cabinet_id, recipient, kind FROM deliveries "
        "WHERE channel = 'telegram' AND status = 'delivered' AND kind LIKE 'order%'",
    )
    return {(row["cabinet_id"], row["recipient"], row["kind"]) for row in found}


async def stored(database: Database) -> list[tuple[int, int, Any]]:
    found = await all_rows(database, "notification_settings")
    return sorted((row["telegram_id"], row["revision"], row["document"]) for row in found)


async def tell_all(handle: Any, *cabinets: UUID) -> None:
    for cabinet_id in cabinets:
        cancelled = reported(cabinet_id, change="cancelled", is_cancel=True)
        await handle(orders_reported(cabinet_id, reported(cabinet_id), cancelled))


async def test_what_is_off_in_a_cabinet_is_not_told_that_member_and_everything_else_is(
    notifier_db: Database, handle: Any, settings: Settings, sender: Sender
) -> None:
    here, there = uuid4(), uuid4()
    await hear(notifier_db, settings_entered(7, *off(here, "order_cancelled")))  # before the cabinet is known
    await handle(connected(here, 7, 8), connected(there, 7))
    hook = await subscribe(notifier_db, 7, "https://a.example/", settings.seal_private_keys)
    await tell_all(handle, here, there)
    assert await told(notifier_db, sender) == {
        (here, "7", "order_new"), (here, "8", "order_new"), (here, "8", "order_cancelled"),
        (there, "7", "order_cancelled"), (there, "7", "order_new"),
    }  # fmt: skip
    of_hook = await rows(notifier_db, "SELECT kind FROM deliveries WHERE recipient = :id", id=hook.recipient)
    assert len(of_hook) == 4


async def test_the_most_special_rule_decides_and_other_channels_do_not_count(
    notifier_db: Database, handle: Any, sender: Sender
) -> None:
    here, there = uuid4(), uuid4()
    await handle(connected(here, 7), connected(there, 7))
    rules = (
        SettingsRule(is_on=False),
        SettingsRule(cabinet_id=there, is_on=True),
        SettingsRule(kind="order_new", is_on=True, channel="email"),
        SettingsRule(kind="order_cancelled", is_on=True),
        SettingsRule(kind="order_cancelled", cabinet_id=there, is_on=False),
        SettingsRule(kind="order_cancelled", channel="telegram", above=None),
    )
    await hear(notifier_db, settings_entered(7, *rules))
    await tell_all(handle, here, there)
    assert await told(notifier_db, sender) == {(here, "7", "order_cancelled"), (there, "7", "order_new")}


async def test_the_newest_revision_counts(notifier_db: Database, handle: Any, cabinet_id: UUID, sender: Sender) -> None:
    newer = settings_entered(7, zone="Asia/Omsk", revision=3)
    await hear(notifier_db, newer, settings_entered(7, *off(cabinet_id, "order_cancelled")), newer)
    ((user, revision, document),) = await stored(notifier_db)
    assert (user, revision) == (7, 3)
    assert document == {"language": "ru", "zone": "Asia/Omsk", "rules": [], "mutes": []}
    await tell_all(handle, cabinet_id)
    assert len(await told(notifier_db, sender)) == 2


async def test_settings_of_a_cabinet_that_was_left_or_is_gone_stay(
    notifier_db: Database, handle: Any, cabinet_id: UUID, sender: Sender
) -> None:
    await hear(notifier_db, settings_entered(7, *off(cabinet_id, "order_cancelled")))
    before = await stored(notifier_db)
    await handle(members_changed(cabinet_id, 8), members_changed(cabinet_id, 7, 8))
    await tell_all(handle, cabinet_id)
    assert await told(notifier_db, sender) == {
        (cabinet_id, "7", "order_new"), (cabinet_id, "8", "order_new"), (cabinet_id, "8", "order_cancelled")
    }  # fmt: skip
    await handle(disconnected(cabinet_id))
    assert await stored(notifier_db) == before


async def test_preferences_of_before_are_heard_until_settings_are_entered(
    notifier_db: Database, handle: Any, sender: Sender
) -> None:
    cabinet_id, other = uuid4(), uuid4()
    await handle(connected(cabinet_id, 7))
    await hear(
        notifier_db,
        preferences(cabinet_id, 7, "order_new"),
        preferences(other, 7, "sync_failed"),
        preferences(cabinet_id, 7, "order_cancelled", revision=2),
    )
    ((_, revision, document),) = await stored(notifier_db)
    assert revision == 0
    assert document["rules"] == [
        {"cabinet_id": str(other), "kind": "sync_failed", "is_on": False},
        {"cabinet_id": str(cabinet_id), "kind": "order_cancelled", "is_on": False},
    ]
    await tell_all(handle, cabinet_id)
    assert await told(notifier_db, sender) == {(cabinet_id, "7", "order_new")}
    await hear(notifier_db, settings_entered(7), preferences(cabinet_id, 7, "order_new", revision=3))
    assert [(revision, document["rules"]) for _, revision, document in await stored(notifier_db)] == [(2, [])]
