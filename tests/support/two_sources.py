"""Two orders as statistics and the order feed tell them, one answer at a time, in any order and however often."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from ingestor.resources import order_feed, orders, statistics
from ingestor.resources.resource import Start
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from servicekit.db import Database
from sqlalchemy import text

from support.ingesting import claim
from support.outbox_rows import published
from support.rows import rows

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CABINET = UUID(int=7)

# An answer of one source: which, of which order, at what second.
Delivery = tuple[str, str, int]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[dict[str, int], list[Delivery], list[Delivery]]:
    """When each order is cancelled, what both sources say of it in the order it came about, and as it arrives."""
    cancelled_at = {srid: draw(st.integers(0, 9)) for srid in ("a", "b")}
    said = st.tuples(st.sampled_from(["orders", "order_feed"]), st.sampled_from(["a", "b"]), st.integers(0, 9))
    every = draw(st.lists(said, min_size=1, max_size=6, unique=True))
    repeated = draw(st.lists(st.sampled_from(every), max_size=3))
    return cancelled_at, sorted(every, key=lambda each: each[2]), draw(st.permutations([*every, *repeated]))


def answer(cancelled_at: dict[str, int], delivery: Delivery, *, reprices: bool) -> bytes:
    """What WB answers; `reprices`: an order's price moves every three seconds."""
    source, srid, second = delivery
    is_cancel = second >= cancelled_at[srid]
    if source == "orders":
        row = {
            "srid": srid,
            "nmId": 1,
            "date": "2026-11-21T14:00:00",
            "lastChangeDate": f"2026-11-21T15:00:{second:02d}",
            "brand": "Б",
            "totalPrice": 100 + (second // 3 if reprices else 0),
            "isCancel": is_cancel,
            "cancelDate": f"2026-11-21T15:00:{cancelled_at[srid]:02d}" if is_cancel else "0001-01-01T00:00:00",
        }
        return json.dumps([row]).encode()
    row = {
        "srid": srid,
        "nmId": 1,
        "createdAt": "2026-11-21T14:00:05+03:00",
        "updatedAt": f"2026-11-21T15:00:{second:02d}+03:00",
        "status": "cancel" if is_cancel else "created",
        "sellerPrice": 90,
        "destinationCity": "Казань",
    }
    return json.dumps({"data": {"snapshotTime": "2026-11-21T12:00:10Z", "orders": [row]}}).encode()


async def arrived(
    database: Database,
    cancelled_at: dict[str, int],
    arriving: Sequence[Delivery],
    *,
    cabinet_id: UUID = CABINET,
    reprices: bool = True,
) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """What is stored, and told of each order, once the deliveries have arrived in that order."""
    connected_at = NOW - timedelta(hours=3)
    async with database.transaction() as connection:
        await connection.execute(text("TRUNCATE cabinets, sync_state, orders, orders_history, outbox, sync_logs"))
        await connection.execute(
            text(
                "INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)"
                " VALUES (:id, 'verified', :id, 'personal', '', :connected_at, now())"
            ),
            {"id": cabinet_id, "connected_at": connected_at},
        )
        await connection.execute(
            text("""INSERT INTO sync_state (cabinet_id, resource, first_load_done)
                VALUES (:id, 'orders', true), (:id, 'order_feed', true)"""),
            {"id": cabinet_id},
        )
    leases = {lease.resource: lease for lease in await claim(database)}
    runs = {each.name: Run(leases[each.name], each, NOW, Counts()) for each in (orders.RESOURCE, order_feed.RESOURCE)}
    start = Start(NOW, sweep=False, page_rows=10)
    positions = {"orders": statistics.begin(None, start), "order_feed": order_feed.begin(None, start)}
    for delivery in arriving:
        source = delivery[0]
        await take_in(database, runs[source], positions[source], answer(cancelled_at, delivery, reprices=reprices), NOW)
    stored = await rows(database, "SELECT * FROM orders ORDER BY srid")
    told: dict[str, list[Any]] = {}
    for event in await published(database, "orders.updated.v1"):
        for order in event.data.orders:
            told.setdefault(order.srid, []).append((order, event.origin))
    return stored, told
