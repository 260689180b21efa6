"""Forgetting a cabinet's events."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_DELETE = text("DELETE FROM outbox WHERE cabinet_id = :cabinet_id")


async def forget(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Delete a disconnected cabinet's events, sent or not, from the log: it keeps nothing of a cabinet that is gone."""
    await connection.execute(_DELETE, {"cabinet_id": cabinet_id})
