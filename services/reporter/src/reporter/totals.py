"""Day totals: orders of one product, and of the whole cabinet, on one Moscow day.

Recounted from the facts, never added to: whatever order events come in, the same facts give the same totals.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.facts import Cell, as_arrays

_RECOUNT = text("""
WITH touched AS (
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:days AS date[])) AS touched (nm_id, day)
), of_products AS (
    SELECT touched.nm_id, touched.day, counted.*
    FROM touched CROSS JOIN LATERAL (
        SELECT count(*) AS orders,
            coalesce(sum(price_with_disc), 0) AS orders_sum,
            count(*) FILTER (WHERE is_cancel) AS cancelled,
            coalesce(sum(price_with_disc) FILTER (WHERE is_cancel), 0) AS cancelled_sum
        FROM order_facts
        WHERE cabinet_id = :cabinet_id AND order_facts.nm_id = touched.nm_id AND order_facts.day = touched.day
    ) AS counted
), of_days AS (
    SELECT nm_id, day, orders, orders_sum, cancelled, cancelled_sum FROM of_products
    UNION ALL
    -- This statement does not see what it writes: the other products of the day come from the table.
    SELECT nm_id, day, orders, orders_sum, cancelled, cancelled_sum FROM day_totals
    WHERE cabinet_id = :cabinet_id AND nm_id <> 0 AND day = ANY (CAST(:days AS date[]))
        AND (nm_id, day) NOT IN (SELECT nm_id, day FROM touched)
), counted AS (
    SELECT nm_id, day, orders, orders_sum, cancelled, cancelled_sum FROM of_products
    UNION ALL
    SELECT 0, day, sum(orders), sum(orders_sum), sum(cancelled), sum(cancelled_sum) FROM of_days GROUP BY day
), emptied AS (
    -- No row where nothing is counted, however the last order left: by a move or by never having come.
    DELETE FROM day_totals USING counted
    WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = counted.nm_id AND day_totals.day = counted.day
        AND counted.orders = 0
)
INSERT INTO day_totals (cabinet_id, nm_id, day, orders, orders_sum, cancelled, cancelled_sum)
SELECT :cabinet_id, nm_id, day, orders, orders_sum, cancelled, cancelled_sum FROM counted WHERE orders > 0
ON CONFLICT (cabinet_id, nm_id, day) DO UPDATE
SET orders = excluded.orders, orders_sum = excluded.orders_sum,
    cancelled = excluded.cancelled, cancelled_sum = excluded.cancelled_sum
WHERE (day_totals.orders, day_totals.orders_sum, day_totals.cancelled, day_totals.cancelled_sum)
    IS DISTINCT FROM (excluded.orders, excluded.orders_sum, excluded.cancelled, excluded.cancelled_sum)
""")


async def recount(connection: AsyncConnection, cabinet_id: UUID, cells: Sequence[Cell]) -> None:
    """Count the cells, and the whole cabinet on their days, afresh in one statement."""
    await connection.execute(_RECOUNT, {"cabinet_id": cabinet_id, **as_arrays(cells)})
