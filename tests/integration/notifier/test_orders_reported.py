"""Which reported orders become deliveries, and for whom."""

from itertools import combinations, product
from typing import Any
from uuid import UUID

from notifier.messages.changes import is_shown
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
    shown = {each.order.order_id for each in orders if is_shown(each.order)}
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


async def test_every_step_is_told_as_its_kind_and_an_amount_alone_tells_nobody(
    notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
) -> None:
    await add_webhook(notifier_db, settings)
    changes = {"ordered": "new", "changed": "changed", "cancelled": "cancelled"}
    steps = [*changes, "bought", "returned", "priced"]
    orders = [
        reported(cabinet_id, change=changes.get(step, "changed"), previous={"price_with_disc": "1500"}).model_copy(
            update={"step": step}
        )
        for step in steps
    ]
    await handle(orders_reported(cabinet_id, *orders))
    await handle(orders_reported(cabinet_id, *orders))
    found = await rows(notifier_db, "SELECT channel, kind FROM deliveries WHERE NOT kind = 'order_priced'")
    kinds = ["order_new", "order_changed", "order_cancelled", "order_bought", "order_returned"]
    assert sorted((row["channel"], row["kind"]) for row in found) == sorted(
        (channel, kind) for channel in ("telegram", "webhook") for kind in kinds
    )


async def test_a_revision_that_is_a_purchase_too_is_told_as_both_once(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    order = reported(cabinet_id, change="changed", status="buyout", previous={"price_with_disc": "1500"})
    event = orders_reported(cabinet_id, *(order.model_copy(update={"step": step}) for step in ("changed", "bought")))
    await handle(event)
    found = await rows(notifier_db, "SELECT kind FROM deliveries ORDER BY kind")
    assert [row["kind"] for row in found] == ["order_bought", "order_changed"]
