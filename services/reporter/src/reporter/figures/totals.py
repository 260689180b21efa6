"""Day totals: of one item, and of the whole cabinet, on one Moscow day, for each currency. Formulas: docs/metrics.md.

Orders and what became of them stand on the day of the order; sales and returns on their own days. Recounted from the
facts, never added to: whatever order events come in, the same facts give the same totals.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.stale import Cell, as_arrays

_OF_ORDERS = {
    "orders": "count(*)",
    "orders_sum": "sum(price_with_disc)",
    "cancelled": "count(*) FILTER (WHERE is_cancel)",
    "cancelled_sum": "sum(price_with_disc) FILTER (WHERE is_cancel)",
    "bought": "count(*) FILTER (WHERE state = 'bought')",
    "returned": "count(*) FILTER (WHERE state = 'returned')",
    "open": "count(*) FILTER (WHERE state = 'open')",
}
_OF_SALES = {
    "sales": "count(*) FILTER (WHERE NOT is_return)",
    "sales_sum": "sum(price_with_disc) FILTER (WHERE NOT is_return)",
    "for_pay": "sum(sales.for_pay) FILTER (WHERE NOT is_return)",
    "returns": "count(*) FILTER (WHERE is_return)",
    "returns_sum": "sum(abs(price_with_disc)) FILTER (WHERE is_return)",
    "returns_for_pay": "sum(abs(sales.for_pay)) FILTER (WHERE is_return)",
}
SUMS = (*_OF_ORDERS, *_OF_SALES)
"""What is counted of a day; an item's days add up to its periods, and items to their cabinet."""

_LIST = ", ".join(SUMS)


def _counted(counts: dict[str, str]) -> str:
    return ", ".join(f"coalesce({counts[name]}, 0) AS {name}" if name in counts else f"0 AS {name}" for name in SUMS)


# What is known is looked up cell by cell: without statistics the planner would read the whole cabinet for them.
_STORE = f"""
emptied AS (
    -- No row where nothing is counted, however the last order left: by a move or by never having come.
    DELETE FROM day_totals WHERE ctid = ANY (ARRAY(
        SELECT known.ctid FROM touched CROSS JOIN LATERAL (
            SELECT ctid, currency FROM day_totals
            WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = touched.nm_id AND day_totals.day = touched.day
            OFFSET 0
        ) AS known
        WHERE (touched.nm_id, touched.day, known.currency) NOT IN (SELECT nm_id, day, currency FROM counted)
    ))
)
INSERT INTO day_totals AS known (cabinet_id, nm_id, day, currency, {_LIST})
SELECT :cabinet_id, nm_id, day, currency, {_LIST} FROM counted
ON CONFLICT (cabinet_id, nm_id, day, currency) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in SUMS)}
WHERE ({", ".join(f"known.{name}" for name in SUMS)})
    IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in SUMS)})
"""
_SUM = ", ".join(f"sum({name}) AS {name}" for name in SUMS)
_CELLS = """
    SELECT nm_id, day FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:days AS date[])) AS touched (nm_id, day)
"""
_OF_CELLS = f"""
    SELECT cell.nm_id, cell.day, total.*
    FROM {{cells}} AS cell CROSS JOIN LATERAL (
        SELECT currency, {_SUM} FROM (
            SELECT currency, {_counted(_OF_ORDERS)} FROM order_lives
            WHERE cabinet_id = :cabinet_id AND order_lives.nm_id = cell.nm_id AND order_lives.day = cell.day
            GROUP BY currency
            UNION ALL
            SELECT currency, {_counted(_OF_SALES)} FROM sales
            WHERE cabinet_id = :cabinet_id AND sales.nm_id = cell.nm_id AND sales.day = cell.day
            GROUP BY currency
        ) AS either
        GROUP BY currency
    ) AS total
"""
_COUNT_ITEMS = text(f"WITH touched AS ({_CELLS}), counted AS ({_OF_CELLS.format(cells='touched')}), {_STORE}")
# Lateral, so that each day is read by its index: without statistics the planner would read the whole cabinet.
_COUNT_DAYS = text(f"""
WITH touched AS (
    SELECT CAST({WHOLE_CABINET} AS bigint) AS nm_id, day FROM unnest(CAST(:days AS date[])) AS touched (day)
), counted AS (
    SELECT touched.nm_id, touched.day, total.*
    FROM touched CROSS JOIN LATERAL (
        SELECT currency, {_SUM} FROM day_totals
        WHERE cabinet_id = :cabinet_id AND day_totals.nm_id <> {WHOLE_CABINET} AND day_totals.day = touched.day
        GROUP BY currency
    ) AS total
), {_STORE}
""")
# What a statement is about to write it does not see: a day is what is known of other items, and what was counted.
_COUNT_BOTH = text(f"""
WITH cells AS ({_CELLS}), items AS MATERIALIZED ({_OF_CELLS.format(cells="cells")}), days AS (
    SELECT DISTINCT CAST({WHOLE_CABINET} AS bigint) AS nm_id, day FROM cells
), touched AS (
    TABLE cells UNION ALL TABLE days
), counted AS (
    TABLE items
    UNION ALL
    SELECT days.nm_id, days.day, total.*
    FROM days CROSS JOIN LATERAL (
        SELECT currency, {_SUM} FROM (
            SELECT currency, {_LIST} FROM day_totals
            WHERE cabinet_id = :cabinet_id AND day_totals.nm_id <> {WHOLE_CABINET} AND day_totals.day = days.day
                AND (day_totals.nm_id, day_totals.day) NOT IN (TABLE cells)
            UNION ALL
            SELECT currency, {_LIST} FROM items WHERE items.day = days.day
        ) AS either
        GROUP BY currency
    ) AS total
), {_STORE}
""")


async def count_items(connection: AsyncConnection, cabinet_id: UUID, cells: Sequence[Cell]) -> None:
    """Count the cells afresh from orders, their lives and sales, in one statement."""
    if cells:
        await connection.execute(_COUNT_ITEMS, {"cabinet_id": cabinet_id, **as_arrays(cells)})


async def count_days(connection: AsyncConnection, cabinet_id: UUID, days: Collection[date]) -> None:
    """Sum the whole cabinet on these days afresh from the totals of its items, in one statement."""
    if days:
        await connection.execute(_COUNT_DAYS, {"cabinet_id": cabinet_id, "days": sorted(days)})


async def count_items_and_days(connection: AsyncConnection, cabinet_id: UUID, cells: Sequence[Cell]) -> None:
    """Count the cells afresh and with them the whole cabinet on their days, in one statement.

    The cabinet's other items have to have been counted already.
    """
    if cells:
        await connection.execute(_COUNT_BOTH, {"cabinet_id": cabinet_id, **as_arrays(cells)})
