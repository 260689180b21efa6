"""Sync states as the ingestor keeps and publishes them, put there without its work."""

from typing import Any
from uuid import UUID

from ingestor.tables import cabinets, sync_state
from servicekit.db import Database
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert


async def keep(ingestor_db: Database, cabinet_id: UUID, resource: str, **state: Any) -> None:
    """Put the state of one resource where the ingestor puts it."""
    async with ingestor_db.transaction() as connection:
        cabinet = {"cabinet_id": cabinet_id, "status": "verified", "token_at": func.now()}
        await connection.execute(insert(cabinets).values(cabinet).on_conflict_do_nothing())
        await connection.execute(insert(sync_state).values({"cabinet_id": cabinet_id, "resource": resource, **state}))
