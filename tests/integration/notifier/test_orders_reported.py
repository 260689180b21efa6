"""Which reported orders become deliveries, and for whom."""

from itertools import combinations, product
from typing import Any
from uuid import UUID

from notifier.messages.changes import changed_lines
from notifier.settings import Settings
from servicekit.db import Database
from support.notifying import orders_reported, reported
from support.rows import rows
from support.subscriptions import subscribe
from tgsim.running import RunningTgsim

FIELDS = ["status", "last_change_at", "barcode", "price_with_disc", "spp", "region_name"]
VALUES = [None, "created", "1494", "1494.0000", "1500", "24", "25", "Республика Татарстан"]
UNSHOWN = {"status": "created", "price_with_disc": "1494.00"}


async def told(database: Database) -> dict[str, set[Any]]:
    found = await rows(database, "SELECT channel, order_id FROM deliveries")
    return {
        channel: {row["order_id"] for row in found if row["channel"] == channel} for channel in ("telegram", "webhook")
    }


async def add_webhook(database: Database, settings: Settings) -> None:
    await subscribe(database, 7, "http://hooks.example/", settings.seal_private_keys)


async def test_people_are_told_of_changes_that_show_something_and_programs_of_all(
    notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
) -> None:
    await add_webhook(notifier_db, settings)
    silent = reported(cabinet_id, change="changed", previous=UNSHOWN)
    shown = reported(cabinet_id, change="changed", previous={"price_with_disc": "1500"})
    new = reported(cabinet_id, change="new", previous=UNSHOWN)
    cancelled = reported(cabinet_id, change="cancelled", is_cancel=True, previous=UNSHOWN)
    await handle(orders_reported(cabinet_id, silent, shown, new, cancelled))
    everything = {each.order.order_id for each in (silent, shown, new, cancelled)}
    assert await told(notifier_db) == {"telegram": everything - {silent.order.order_id}, "webhook": everything}


async def test_no_message_about_a_change_shows_none(notifier_db: Database, handle: Any, cabinet_id: UUID) -> None:
    earlier = [{field: value} for field, value in product(FIELDS, VALUES)]
    orders = [reported(cabinet_id, change="changed", previous=one | other) for one, other in combinations(earlier, 2)]
    await handle(*(orders_reported(cabinet_id, *orders[n : n + 200]) for n in range(0, len(orders), 200)))
    shown = {each.order.order_id for each in orders if any(changed_lines(each.order))}
    assert 0 < len(shown) < len(orders)
    assert (await told(notifier_db))["telegram"] == shown


async def test_a_silent_change_sends_nothing(
    notifier_db: Database, handle: Any, cabinet_id: UUID, sending: Any, tgsim: RunningTgsim
) -> None:
    await handle(
        orders_reported(cabinet_id, reported(cabinet_id, change="changed", previous=UNSHOWN)),
        orders_reported(cabinet_id, reported(cabinet_id, srid="later")),
    )
    async with sending():
        [message] = await tgsim.wait_for_messages(1, timeout_seconds=60)
    assert "later" in message["text"]


async def test_steps_without_a_message_tell_nobody_and_the_others_as_before(
    notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
) -> None:
    await add_webhook(notifier_db, settings)
    previous = {"price_with_disc": "1500"}
    changes = {"ordered": "new", "changed": "changed", "cancelled": "cancelled"}
    steps = [*changes, "bought", "returned", "priced"]
    each = {
        step: reported(cabinet_id, change=changes.get(step, "changed"), previous=previous).model_copy(
            update={"step": step}
        )
        for step in steps
    }
    await handle(orders_reported(cabinet_id, each["bought"]))  # alone in its event
    await handle(orders_reported(cabinet_id, *each.values()))
    as_before = {each[step].order.order_id for step in changes}
    assert await told(notifier_db) == {"telegram": as_before, "webhook": as_before}


async def test_a_revision_that_is_a_purchase_too_is_told_once(
    notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
) -> None:
    await add_webhook(notifier_db, settings)
    order = reported(cabinet_id, change="changed", status="buyout", previous={"price_with_disc": "1500"})
    await handle(
        orders_reported(
            cabinet_id,
            *(order.model_copy(update={"step": step}) for step in ("changed", "bought", "priced")),
        )
    )
    found = await rows(notifier_db, "SELECT channel, kind FROM deliveries ORDER BY channel")
    assert [(row["channel"], row["kind"]) for row in found] == [
        ("telegram", "order_changed"),
        ("webhook", "order_changed"),
    ]
