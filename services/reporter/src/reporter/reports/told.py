"""Which steps are still to be told, and steps that wait for their order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from contracts.orders import StepSale
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.reports.steps import Step

_REMEMBER = """
INSERT INTO told_steps (cabinet_id, order_id, step, told_at)
SELECT DISTINCT CAST(:cabinet_id AS uuid), order_id, step, CAST(:told_at AS timestamptz)
FROM unnest(CAST(:order_ids AS uuid[]), CAST(:steps AS text[]), CAST(:are_of_feed AS boolean[]))
    AS told (order_id, step, is_of_feed)
WHERE NOT is_of_feed OR NOT EXISTS (
    SELECT FROM sales
    WHERE sales.cabinet_id = :cabinet_id AND sales.order_id = told.order_id
        AND sales.is_return = (told.step = 'returned')
)
ON CONFLICT DO NOTHING
RETURNING order_id, step
"""
_KEEP_WAITING = text("""
INSERT INTO waiting_steps (cabinet_id, order_id, sale_id, step, happened_at, told_at, sale)
SELECT DISTINCT ON (order_id, sale ->> 'sale_id', step)
    CAST(:cabinet_id AS uuid), order_id, sale ->> 'sale_id', step, at, CAST(:told_at AS timestamptz), sale
FROM unnest(
    CAST(:order_ids AS uuid[]), CAST(:steps AS text[]), CAST(:moments AS timestamptz[]), CAST(:sales AS jsonb[])
) WITH ORDINALITY AS told (order_id, step, at, sale, position)
WHERE NOT EXISTS (
    SELECT FROM order_facts WHERE order_facts.cabinet_id = :cabinet_id AND order_facts.order_id = told.order_id
)
ORDER BY order_id, sale ->> 'sale_id', step, position DESC
ON CONFLICT (cabinet_id, order_id, sale_id, step) DO UPDATE
SET sale = excluded.sale, happened_at = excluded.happened_at, told_at = excluded.told_at
RETURNING order_id
""")
_REMEMBER_AND_TAKE = text(f"""
WITH remembered AS ({_REMEMBER}), taken AS (
    DELETE FROM waiting_steps WHERE cabinet_id = :cabinet_id AND order_id = ANY (CAST(:known AS uuid[])) RETURNING *
)
SELECT order_id, step, NULL AS happened_at, NULL AS sale FROM remembered
UNION ALL
SELECT order_id, step, happened_at, sale FROM taken
""")


async def untold(
    connection: AsyncConnection,
    cabinet_id: UUID,
    steps: Sequence[Step],
    told_at: datetime,
    known: Collection[UUID] = (),
) -> list[Step]:
    """Those of the steps that are to be told now, in their order, and behind them those that waited for `known` orders.

    They are remembered as told. One statement.
    """
    once = [step for step in steps if step.key]
    if not once and not known:
        return [step for step in steps if step.is_told_anyway]
    values = {
        "cabinet_id": cabinet_id,
        "told_at": told_at,
        "order_ids": [step.order_id for step in once],
        "steps": [step.key for step in once],
        "are_of_feed": [step.is_of_feed for step in once],
        "known": list(known),
    }
    first: set[tuple[UUID, str]] = set()
    waited = []
    for row in await connection.execute(_REMEMBER_AND_TAKE, values):
        if row.sale is None:
            first.add((row.order_id, row.step))
        else:
            sale = StepSale.model_validate(row.sale)
            waited.append(Step(row.step, row.order_id, row.happened_at, sale=sale))
    told = []
    for step in steps:
        key = (step.order_id, step.key)
        if not step.is_silent and (step.is_told_anyway or key in first):
            told.append(step)
        first.discard(key)
    return told + sorted(waited, key=lambda step: (step.order_id, step.at, step.step == "priced"))


async def wait_for_orders(
    connection: AsyncConnection, cabinet_id: UUID, steps: Sequence[Step], told_at: datetime
) -> list[Step]:
    """Those of the steps of sales whose order is known; the others wait for it. One statement."""
    if not steps:
        return []
    values = {
        "cabinet_id": cabinet_id,
        "told_at": told_at,
        "order_ids": [step.order_id for step in steps],
        "steps": [step.step for step in steps],
        "moments": [step.at for step in steps],
        "sales": [step.sale.model_dump_json() for step in steps if step.sale],
    }
    waiting = set((await connection.execute(_KEEP_WAITING, values)).scalars())
    return [step for step in steps if step.order_id not in waiting]
