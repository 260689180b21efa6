"""Which steps are still to be told, and steps that wait for their order."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.orders import StepSale
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.json_rows import as_mappings, rows_column
from reporter.reports.steps import Step

_REMEMBER = """
INSERT INTO told_steps (cabinet_id, order_id, step, told_at)
SELECT DISTINCT CAST(:cabinet_id AS uuid), order_id, step, CAST(:told_at AS timestamptz)
FROM unnest(CAST(:step_order_ids AS uuid[]), CAST(:steps AS text[]), CAST(:are_of_feed AS boolean[]))
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
REMEMBERED_AND_TAKEN = f"""
remembered AS ({_REMEMBER}), taken AS (
    DELETE FROM waiting_steps WHERE cabinet_id = :cabinet_id AND order_id = ANY (CAST(:known AS uuid[])) RETURNING *
)
"""
"""Members of a `WITH` that remember steps as told, and take those that waited; they bind `values_of`."""
UNTOLD = ", ".join(
    [
        rows_column("remembered", "SELECT order_id, step FROM remembered"),
        rows_column("taken", "SELECT order_id, step, happened_at, sale FROM taken"),
    ]
)
"""Columns, over these members, that `untold_of` reads."""
_REMEMBER_AND_TAKE = text(f"WITH {REMEMBERED_AND_TAKEN} SELECT {UNTOLD}")


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
    if not known and not any(step.key for step in steps):
        return [step for step in steps if step.is_told_anyway]
    values = {"cabinet_id": cabinet_id, **values_of(steps, told_at, known)}
    return untold_of((await connection.execute(_REMEMBER_AND_TAKE, values)).one(), steps)


def values_of(steps: Sequence[Step], told_at: datetime, known: Collection[UUID]) -> dict[str, object]:
    """What is bound, beside `:cabinet_id`, for steps of an event of a time, and the orders that are known now."""
    once = [step for step in steps if step.key]
    return {
        "told_at": told_at,
        "step_order_ids": [step.order_id for step in once],
        "steps": [step.key for step in once],
        "are_of_feed": [step.is_of_feed for step in once],
        "known": list(known),
    }


def untold_of(row: Row[Any], steps: Sequence[Step]) -> list[Step]:
    """As `untold`, of a row that has `UNTOLD`."""
    first = {(UUID(each["order_id"]), each["step"]) for each in as_mappings(row.remembered)}
    now = []
    for step in steps:
        key = (step.order_id, step.key)
        if not step.is_silent and (step.is_told_anyway or key in first):
            now.append(step)
        first.discard(key)
    waited = [
        Step(
            each["step"],
            UUID(each["order_id"]),
            datetime.fromisoformat(each["happened_at"]).astimezone(UTC),
            sale=StepSale.model_validate(each["sale"]),
        )
        for each in as_mappings(row.taken)
    ]
    return now + sorted(waited, key=lambda step: (step.order_id, step.at, step.step == "priced"))


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
