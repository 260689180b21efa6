"""Order facts: the newest revision of every order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from contracts.currency import ROUBLE
from contracts.envelope import Event, Origin
from contracts.orders import ChangedOrder, OrdersUpdatedV1
from servicekit.sql_types import sql_types
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.facts.newer_rows import SEEN, moscow_day
from reporter.figures.stale import Cell, marks
from reporter.tables import order_facts

_FIELDS = [column.name for column in order_facts.columns if column.name in ChangedOrder.model_fields]
"""Columns that are fields of the event's rows."""
_TYPES = sql_types(order_facts)
_MADE = {
    "cabinet_id": "CAST(:cabinet_id AS uuid)",
    "day": moscow_day("ordered_at"),
    "updated_at": "CAST(:time AS timestamptz)",
    "currency": f"coalesce(currency, '{ROUBLE}')",
}
"""Columns that are not, or not simply."""
_NAMES = order_facts.columns.keys()
_TOUCHED = """
SELECT nm_id, day FROM stored
UNION ALL
SELECT nm_id_before, day_before FROM stored WHERE nm_id_before IS NOT NULL
"""
# As JSON and not as arrays: PostgreSQL takes a little longer to read it, and making arrays takes fifteen times as long.
# As `json`, which is read once, where a `jsonb` is made first. Figures: docs/figures.md.
_STORE = text(f"""
WITH stored AS (
    INSERT INTO order_facts ({", ".join(_NAMES)})
    SELECT {", ".join(_MADE.get(name, name) for name in _NAMES)}
    FROM json_to_recordset(CAST(:orders AS json)) AS told ({", ".join(f"{name} {_TYPES[name]}" for name in _FIELDS)})
    ON CONFLICT (cabinet_id, order_id) DO UPDATE
    SET {", ".join(f"{c.name} = excluded.{c.name}" for c in order_facts.columns if not c.primary_key)}
    WHERE order_facts.revision < excluded.revision
    RETURNING new.order_id, new.nm_id, new.day, old.nm_id AS nm_id_before, old.day AS day_before
), {SEEN}, {marks(cells=_TOUCHED)}, of_today AS (
    SELECT nm_id, day FROM touched_cells WHERE day >= :today
)
SELECT ARRAY(SELECT order_id FROM stored) AS changed,
    ARRAY(
        SELECT DISTINCT order_id FROM waiting_steps
        WHERE cabinet_id = :cabinet_id AND order_id = ANY (ARRAY(SELECT order_id FROM stored))
    ) AS waited_for,
    ARRAY(SELECT nm_id FROM of_today ORDER BY nm_id, day) AS nm_ids,
    ARRAY(SELECT day FROM of_today ORDER BY nm_id, day) AS days
""")


@dataclass(frozen=True)
class Stored:
    """What an event changed."""

    changed: frozenset[UUID]
    """Orders that are newer than what was known."""
    waited_for: frozenset[UUID]
    """Those of them that steps wait for."""
    of_today: tuple[Cell, ...]
    """Of the cells that they are in or were in before, those of today and later."""


async def store_orders(connection: AsyncConnection, event: Event[OrdersUpdatedV1], today: date) -> Stored:
    """Store what is newer than what is known, and mark what it touches as stale, in one statement.

    Stale and repeated revisions change nothing.
    """
    found = await connection.execute(
        _STORE,
        {
            "cabinet_id": event.cabinetid,
            "resource": "orders",
            "time": event.time,
            "is_live": event.origin is Origin.LIVE,
            "today": today,
            # One statement cannot touch a row twice, so of two revisions in one batch only the newer is stored.
            "orders": _as_json(newest(event.data.orders)),
        },
    )
    row = found.one()
    return Stored(frozenset(row.changed), frozenset(row.waited_for), tuple(map(Cell, row.nm_ids, row.days)))


def _as_json(orders: Sequence[ChangedOrder]) -> str:
    return msgspec.json.encode(list(map(vars, orders))).decode()


def newest(orders: Iterable[ChangedOrder]) -> list[ChangedOrder]:
    """Of each order its newest revision, in the order in which they came."""
    found: dict[UUID, ChangedOrder] = {}
    for order in orders:
        known = found.get(order.order_id)
        if known is None or known.revision < order.revision:
            found[order.order_id] = order
    return list(found.values())
