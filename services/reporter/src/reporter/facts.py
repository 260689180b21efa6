"""Order facts: the newest revision of every order."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.envelope import Event
from contracts.orders import ChangedOrder, OrderSnapshot, OrdersUpdatedV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.moscow import day_of
from reporter.tables import order_facts

_STORE = text(f"""
WITH incoming AS MATERIALIZED (
    SELECT * FROM jsonb_populate_recordset(CAST(NULL AS order_facts), CAST(:orders AS jsonb))
), before AS (
    SELECT order_id, nm_id, day FROM order_facts
    WHERE cabinet_id = :cabinet_id AND order_id IN (SELECT order_id FROM incoming)
), stored AS (
    INSERT INTO order_facts SELECT * FROM incoming
    ON CONFLICT (cabinet_id, order_id) DO UPDATE
    SET {", ".join(f"{c.name} = excluded.{c.name}" for c in order_facts.columns if not c.primary_key)}
    WHERE order_facts.revision < excluded.revision
    RETURNING order_id, nm_id, day
)
SELECT stored.order_id, stored.nm_id, stored.day, before.nm_id AS nm_id_before, before.day AS day_before
FROM stored LEFT JOIN before USING (order_id)
""")

_SNAPSHOT = set(OrderSnapshot.model_fields)


@dataclass(frozen=True, order=True)
class Cell:
    """What is counted together: one product on one Moscow day."""

    nm_id: int
    day: date


@dataclass(frozen=True)
class Stored:
    """Orders that really changed, in the order of the event, and the cells they are in or were in before."""

    orders: tuple[ChangedOrder, ...]
    cells: tuple[Cell, ...]

    @property
    def nm_ids(self) -> list[int]:
        """The products whose figures may have changed."""
        return sorted({cell.nm_id for cell in self.cells})


async def store_orders(connection: AsyncConnection, event: Event[OrdersUpdatedV1]) -> Stored:
    """Store what is newer than what is known, in one statement; stale and repeated revisions change nothing."""
    orders = _newest(event.data.orders)
    rows = await connection.execute(
        _STORE, {"cabinet_id": event.cabinetid, "orders": json.dumps([_row(event, order) for order in orders.values()])}
    )
    changed: set[UUID] = set()
    cells: set[Cell] = set()
    for row in rows:
        changed.add(row.order_id)
        cells.add(Cell(row.nm_id, row.day))
        if row.nm_id_before is not None:
            cells.add(Cell(row.nm_id_before, row.day_before))
    return Stored(tuple(order for order in orders.values() if order.order_id in changed), tuple(sorted(cells)))


def _newest(orders: Iterable[ChangedOrder]) -> dict[UUID, ChangedOrder]:
    # One statement cannot touch a row twice, so of two revisions in one batch only the newer is stored.
    newest: dict[UUID, ChangedOrder] = {}
    for order in orders:
        known = newest.get(order.order_id)
        if known is None or known.revision < order.revision:
            newest[order.order_id] = order
    return newest


def _row(event: Event[OrdersUpdatedV1], order: ChangedOrder) -> dict[str, object]:
    return {
        **order.model_dump(mode="json", include=_SNAPSHOT),
        "cabinet_id": str(event.cabinetid),
        "day": day_of(order.ordered_at).isoformat(),
        "origin": event.origin.value,
        "updated_at": event.time.isoformat(),
    }


def as_arrays(cells: Sequence[Cell]) -> dict[str, list[object]]:
    """The cells as parallel arrays, for `unnest`."""
    return {"nm_ids": [cell.nm_id for cell in cells], "days": [cell.day for cell in cells]}
