"""`analytics_cache`: figures of 7, 14, 30, 60 and 90 days, ready to read. Formulas: docs/metrics.md."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from contracts.analytics import PERIODS_DAYS, PeriodFigures
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_REBUILD = text("""
WITH asked AS (
    SELECT asked.nm_id, found.nm_id IS NOT NULL AS has_orders
    FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
    LEFT JOIN LATERAL (
        SELECT day_totals.nm_id FROM day_totals
        WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = asked.nm_id LIMIT 1
    ) AS found ON true
), counted AS (
    SELECT asked.nm_id, period_days, total.*
    FROM asked
    CROSS JOIN unnest(CAST(:periods_days AS integer[])) AS period_days
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(orders), 0) AS orders, coalesce(sum(orders_sum), 0) AS orders_sum,
            coalesce(sum(cancelled), 0) AS cancelled, coalesce(sum(cancelled_sum), 0) AS cancelled_sum
        FROM day_totals
        WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = asked.nm_id
            AND day > CAST(:today AS date) - period_days AND day <= CAST(:today AS date)
    ) AS total
    WHERE asked.has_orders
), written AS (
    INSERT INTO analytics_cache (cabinet_id, nm_id, period_days, period_end,
        orders, orders_sum, cancelled, cancelled_sum)
    SELECT :cabinet_id, nm_id, period_days, CAST(:today AS date), orders, orders_sum, cancelled, cancelled_sum
    FROM counted
    ON CONFLICT (cabinet_id, nm_id, period_days) DO UPDATE
    SET period_end = excluded.period_end, orders = excluded.orders, orders_sum = excluded.orders_sum,
        cancelled = excluded.cancelled, cancelled_sum = excluded.cancelled_sum
    WHERE (analytics_cache.period_end, analytics_cache.orders, analytics_cache.orders_sum,
            analytics_cache.cancelled, analytics_cache.cancelled_sum)
        IS DISTINCT FROM (excluded.period_end, excluded.orders, excluded.orders_sum,
            excluded.cancelled, excluded.cancelled_sum)
    RETURNING nm_id, period_days, orders, orders_sum, cancelled, cancelled_sum
), emptied AS (
    -- The last order moved to another product: as if this one had never had any.
    DELETE FROM analytics_cache USING asked
    WHERE cabinet_id = :cabinet_id AND analytics_cache.nm_id = asked.nm_id AND NOT asked.has_orders
    RETURNING analytics_cache.nm_id, period_days
)
SELECT * FROM written
UNION ALL
SELECT nm_id, period_days, 0, 0, 0, 0 FROM emptied
ORDER BY nm_id, period_days
""")


async def rebuild(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> list[PeriodFigures]:
    """Sum the day totals of the products (0: the whole cabinet) over every period ending with `today`.

    One statement, which writes only rows that differ; the figures that changed, by product and period.
    """
    rows = await connection.execute(
        _REBUILD,
        {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids), "periods_days": list(PERIODS_DAYS), "today": today},
    )
    return [PeriodFigures(period_end=today, **row) for row in rows.mappings()]
