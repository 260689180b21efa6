"""Cabinets as the ingestor has them, and checks that are due at once."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from servicekit.db import Database
from sqlalchemy import text

from support.ingesting import (
    Ingestor,
)
from support.rows import rows

if TYPE_CHECKING:
    pass


async def cabinet(database: Database, cabinet_id: UUID) -> dict[str, Any]:
    """The row of a cabinet."""
    [row] = await rows(database, "SELECT * FROM cabinets WHERE cabinet_id = :id", id=cabinet_id)
    return row


async def check_now(ingestor: Ingestor) -> None:
    """Check what is to be checked, whenever it is due."""
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE cabinets SET next_check_at = now() WHERE next_check_at IS NOT NULL"))
    await ingestor.check()
