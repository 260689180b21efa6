"""A cabinet as the reporter sees it: its events are folded one at a time, until it is disconnected."""

from datetime import datetime
from typing import Final
from uuid import UUID

from servicekit import tombstones
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# A shadow copy in another schema is another cabinet: what is done there holds up nothing here.
_LOCK = "pg_advisory_xact_lock(hashtextextended(current_schema() || '.cabinet:' || CAST({cabinet_id} AS text), 0))"
HOLD_CABINET: Final = f"""
CREATE OR REPLACE FUNCTION hold_cabinet(held uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM {_LOCK.format(cabinet_id="held")};
    -- A statement of its own: it looks after whoever held the cabinet before has committed.
    RETURN NOT EXISTS (SELECT FROM disconnected_cabinets WHERE cabinet_id = held);
END $$
"""
"""Makes the function that `hold` calls; in each schema that has the tables."""
_HOLD = text("SELECT hold_cabinet(CAST(:cabinet_id AS uuid))")
_LOCK_ALONE = text(f"SELECT {_LOCK.format(cabinet_id=':cabinet_id')}")
_IS_CONNECTED = text("SELECT NOT EXISTS (SELECT FROM disconnected_cabinets WHERE cabinet_id = :cabinet_id)")


async def hold(connection: AsyncConnection, cabinet_id: UUID) -> bool:
    """Keep every other transaction of the cabinet out until this one ends; whether the cabinet is connected.

    Recounting reads rows that a neighbour may be about to commit: without the lock two transactions could
    each count without the other's orders, and the later one would store a total that was never true. It is
    a statement of its own because the next ones must start, and so look, after the neighbour's commit.
    """
    return bool(await connection.scalar(_HOLD, {"cabinet_id": cabinet_id}))


async def is_connected(connection: AsyncConnection, cabinet_id: UUID) -> bool:
    """Whether the cabinet is connected. Who writes rows of it looks in the same transaction."""
    return bool(await connection.scalar(_IS_CONNECTED, {"cabinet_id": cabinet_id}))


async def disconnect(connection: AsyncConnection, cabinet_id: UUID, at: datetime) -> None:
    """Remember that later events of the cabinet are void; `jobs/purge.py` deletes its rows."""
    await connection.execute(_LOCK_ALONE, {"cabinet_id": str(cabinet_id)})
    await tombstones.leave(connection, cabinet_id, at)
