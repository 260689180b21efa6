"""Sync states: as the ingestor keeps and publishes them, put there without its work, and as it left them."""

from typing import Any
from uuid import UUID

from ingestor.tables import cabinets, sync_state
from servicekit.db import Database
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from support.rows import rows


async def keep(ingestor_db: Database, cabinet_id: UUID, resource: str, **state: Any) -> None:
    """Put the state of one resource where the ingestor puts it."""
    async with ingestor_db.transaction() as connection:
        cabinet = {"cabinet_id": cabinet_id, "status": "verified", "token_at": func.now()}
        await connection.execute(insert(cabinets).values(cabinet).on_conflict_do_nothing())
        await connection.execute(insert(sync_state).values({"cabinet_id": cabinet_id, "resource": resource, **state}))


async def state(database: Database, resource: str = "orders") -> dict[str, Any]:
    """The only state of a resource; `halted`: it waits for nothing."""
    [row] = await rows(
        database,
        "SELECT *, next_run_at = 'infinity' AS halted FROM sync_state WHERE resource = :resource",
        resource=resource,
    )
    return row
