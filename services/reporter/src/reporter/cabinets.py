"""A cabinet as the reporter sees it: its events are folded one at a time, until it is disconnected."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('reporter.cabinet:' || CAST(:cabinet_id AS text), 0))")
_IS_CONNECTED = text("SELECT NOT EXISTS (SELECT FROM disconnected_cabinets WHERE cabinet_id = :cabinet_id)")
_FORGET = text("""
WITH orders AS (DELETE FROM order_facts WHERE cabinet_id = :cabinet_id),
    totals AS (DELETE FROM day_totals WHERE cabinet_id = :cabinet_id),
    cards AS (DELETE FROM products WHERE cabinet_id = :cabinet_id),
    stock AS (DELETE FROM stocks WHERE cabinet_id = :cabinet_id),
    reports AS (DELETE FROM outbox WHERE cabinet_id = :cabinet_id),
    tombstone AS (
        INSERT INTO disconnected_cabinets VALUES (:cabinet_id, :at) ON CONFLICT DO NOTHING
    )
DELETE FROM analytics_cache WHERE cabinet_id = :cabinet_id RETURNING nm_id
""")


async def hold(connection: AsyncConnection, cabinet_id: UUID) -> bool:
    """Keep every other transaction of the cabinet out until this one ends; whether the cabinet is connected.

    Recounting reads rows that a neighbour may be about to commit: without the lock two transactions could
    each count without the other's orders, and the later one would store a total that was never true. It is
    a statement of its own because the next ones must start, and so look, after the neighbour's commit.
    """
    await connection.execute(_LOCK, {"cabinet_id": str(cabinet_id)})
    return bool(await connection.scalar(_IS_CONNECTED, {"cabinet_id": cabinet_id}))


async def forget(connection: AsyncConnection, cabinet_id: UUID, at: datetime) -> list[int]:
    """Delete all rows of the cabinet, its reported events too, and remember that later events are void.

    The products (0: the whole cabinet) that had figures.
    """
    await connection.execute(_LOCK, {"cabinet_id": str(cabinet_id)})
    return sorted(set((await connection.execute(_FORGET, {"cabinet_id": cabinet_id, "at": at})).scalars()))
