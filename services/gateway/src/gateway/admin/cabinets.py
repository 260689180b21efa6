"""Cabinets, as administrators name them."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_RENAME = text("UPDATE wb_cabinets SET name = :name WHERE cabinet_id = :cabinet_id")


async def rename(connection: AsyncConnection, cabinet_id: UUID, name: str | None) -> None:
    """Call it so; None: as Wildberries names its seller."""
    await connection.execute(_RENAME, {"cabinet_id": cabinet_id, "name": name})
