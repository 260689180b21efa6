"""`analytics_cache`: figures of 7, 14, 30, 60 and 90 days, and of as many before. Formulas: docs/metrics.md."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from contracts.analytics import PERIODS_DAYS, PeriodFigures
from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.totals import SUMS

BEFORE = {f"previous_{name}": name for name in ("orders", "orders_sum", "cancelled", "sales", "sales_sum")}
"""Column of the period before → what is summed."""
NAMES = (*SUMS, *BEFORE)

_EDGES = sorted({days * times for days in PERIODS_DAYS for times in (1, 2)})
"""Ages in days at which a period, or the one before it, ends: no day between two edges is told from another."""

_LIST = ", ".join(NAMES)
# Days are summed once, between edges; periods are sums of those few.
_REBUILD = text(f"""
WITH wanted AS (
    SELECT DISTINCT nm_id FROM unnest(CAST(:nm_ids AS bigint[])) AS wanted (nm_id)
), asked AS (
    SELECT wanted.nm_id, held.currency
    FROM wanted CROSS JOIN LATERAL (
        SELECT DISTINCT currency FROM day_totals WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = wanted.nm_id
    ) AS held
), spans AS MATERIALIZED (
    SELECT wanted.nm_id, span.*
    FROM wanted CROSS JOIN LATERAL (
        SELECT currency, width_bucket(CAST(:today AS date) - day, CAST(:edges AS integer[])) AS edge,
            {", ".join(f"sum({name}) AS {name}" for name in SUMS)}
        FROM day_totals
        WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = wanted.nm_id
            AND day > CAST(:today AS date) - {_EDGES[-1]} AND day <= CAST(:today AS date)
        GROUP BY currency, edge
    ) AS span
), counted AS (
    SELECT asked.nm_id, asked.currency, period.days AS period_days,
        {", ".join(f"coalesce(sum({n}) FILTER (WHERE edge < period.ends), 0) AS {n}" for n in SUMS)},
        {
    ", ".join(f"coalesce(sum({n}) FILTER (WHERE edge >= period.ends), 0) AS {column}" for column, n in BEFORE.items())
}
    FROM asked
    CROSS JOIN unnest(CAST(:periods AS integer[]), CAST(:ends AS integer[]), CAST(:ends_before AS integer[]))
        AS period (days, ends, ends_before)
    LEFT JOIN spans ON spans.nm_id = asked.nm_id AND spans.currency = asked.currency AND edge < period.ends_before
    GROUP BY asked.nm_id, asked.currency, period.days
), written AS (
    INSERT INTO analytics_cache AS known (cabinet_id, nm_id, period_days, currency, period_end, {_LIST})
    SELECT :cabinet_id, nm_id, period_days, currency, CAST(:today AS date), {_LIST} FROM counted
    ON CONFLICT (cabinet_id, nm_id, period_days, currency) DO UPDATE
    SET period_end = excluded.period_end, {", ".join(f"{name} = excluded.{name}" for name in NAMES)}
    WHERE (known.period_end, {", ".join(f"known.{name}" for name in NAMES)})
        IS DISTINCT FROM (excluded.period_end, {", ".join(f"excluded.{name}" for name in NAMES)})
    RETURNING nm_id, period_days, currency, {_LIST}
), emptied AS (
    -- The last order moved to another product or currency: as if this one had never had any.
    DELETE FROM analytics_cache WHERE ctid = ANY (ARRAY(
        SELECT known.place FROM wanted CROSS JOIN LATERAL (
            SELECT nm_id, currency, ctid AS place FROM analytics_cache
            WHERE cabinet_id = :cabinet_id AND analytics_cache.nm_id = wanted.nm_id
            OFFSET 0
        ) AS known
        WHERE (known.nm_id, known.currency) NOT IN (SELECT nm_id, currency FROM asked)
    ))
    RETURNING nm_id, period_days, currency
)
SELECT * FROM written
UNION ALL
SELECT nm_id, period_days, currency, {", ".join("0" for _ in NAMES)} FROM emptied
ORDER BY nm_id, period_days, currency
""")
_PRODUCTS = text("SELECT DISTINCT nm_id FROM analytics_cache WHERE cabinet_id = :cabinet_id")
_FIGURES = TypeAdapter(list[PeriodFigures])


async def products(connection: AsyncConnection, cabinet_id: UUID) -> list[int]:
    """The products (0: the whole cabinet) that have figures."""
    return list((await connection.execute(_PRODUCTS, {"cabinet_id": cabinet_id})).scalars())


async def rebuild(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> list[PeriodFigures]:
    """Sum the day totals of the products (0: the whole cabinet) over every period ending with `today`.

    One statement, which writes only rows that differ; the figures that changed, by product, period and currency.
    """
    rows = await connection.execute(
        _REBUILD,
        {
            "cabinet_id": cabinet_id,
            "nm_ids": list(nm_ids),
            "today": today,
            "edges": _EDGES,
            "periods": list(PERIODS_DAYS),
            "ends": [_edge(days) for days in PERIODS_DAYS],
            "ends_before": [_edge(2 * days) for days in PERIODS_DAYS],
        },
    )
    return _FIGURES.validate_python([{**row, "period_end": today} for row in rows.mappings()])


def _edge(days: int) -> int:
    # `width_bucket` numbers what is below the first edge 0.
    return _EDGES.index(days) + 1
