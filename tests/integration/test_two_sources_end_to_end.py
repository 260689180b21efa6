"""An order that two sources tell, from what WB answers to the messages of the seller: ingestor, reporter, notifier."""

from collections import Counter
from typing import Any
from uuid import uuid4

from contracts.envelope import Event
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.topics import NOTIFIER_ORDERS, REPORTER_ORDERS
from hypothesis import given, settings
from hypothesis import strategies as st
from notifier.handlers.cabinet_connected import cabinet_connected
from notifier.handlers.told_by_rules import told_by_rules
from reporter.handlers.orders_updated import orders_updated
from servicekit.consume import handle_once
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection
from support.notifying import connected
from support.outbox_rows import published
from support.rows import rows
from support.two_sources import NOW, Delivery, arrived, deliveries

SELLER = 7


async def report(connection: AsyncConnection, event: Event[Any]) -> None:
    await orders_updated(connection, event, NOW)


@settings(max_examples=20)
@given(deliveries(), st.randoms(use_true_random=False))
async def test_an_order_is_one_message_and_its_cancel_one_more(
    ingestor_db: Database,
    reporter_db: Database,
    notifier_db: Database,
    drawn: tuple[dict[str, int], list[Delivery], list[Delivery]],
    shuffled: Any,
) -> None:
    """Whichever source knows of it first, however often both say it, and however the events overtake one another."""
    cancelled_at, _, arriving = drawn
    cabinet_id = uuid4()
    stored, told = await arrived(ingestor_db, cancelled_at, arriving, cabinet_id=cabinet_id, reprices=False)
    updated = await published(ingestor_db, OrdersUpdatedV1.TYPE)
    shuffled.shuffle(updated)
    for event in updated:
        await handle_once(reporter_db, REPORTER_ORDERS, {OrdersUpdatedV1: report}, event)
    facts = "SELECT srid, revision, is_cancel, price_with_disc FROM order_facts WHERE cabinet_id = :id ORDER BY srid"
    assert await rows(reporter_db, facts, id=cabinet_id) == [
        {
            "srid": row["srid"],
            "revision": row["revision"],
            "is_cancel": told[row["srid"]][-1][0].is_cancel,
            "price_with_disc": row["seller_price"],
        }
        for row in stored
    ]
    shop = connected(cabinet_id, SELLER)
    await handle_once(notifier_db, NOTIFIER_ORDERS, {type(shop.data): cabinet_connected}, shop)
    for event in await published(reporter_db, OrdersReportedV1.TYPE):
        if event.cabinetid == cabinet_id:
            await handle_once(notifier_db, NOTIFIER_ORDERS, {OrdersReportedV1: told_by_rules}, event)
    # What only completes or corrects what was told edits its message.
    sent = (
        "SELECT payload -> 'order' ->> 'srid' AS srid, kind FROM deliveries WHERE cabinet_id = :id AND NOT only_edits"
    )
    messages = Counter((row["srid"], row["kind"]) for row in await rows(notifier_db, sent, id=cabinet_id))
    expected = {(srid, "order_new") for srid in told} | {
        (srid, "order_cancelled")
        for srid, found in told.items()
        if found[-1][0].is_cancel and not found[0][0].is_cancel
    }
    assert messages == Counter(expected)
    counted = "SELECT orders, cancelled FROM day_totals WHERE cabinet_id = :id AND nm_id = 0"
    assert await rows(reporter_db, counted, id=cabinet_id) == [
        {"orders": len(stored), "cancelled": sum(found[-1][0].is_cancel for found in told.values())}
    ]
