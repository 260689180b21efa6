"""Sections of items, counted from what is stored."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from reporter import tables
from reporter.figures import items
from servicekit.db import Database

from support.facts import put
from support.reporting import TODAY

SIZES = [
    {"chrt_id": 12, "tech_size": "M", "wb_size": None, "skus": ["200"]},
    {"chrt_id": 11, "tech_size": "S", "wb_size": None, "skus": ["100", "101"]},
]


async def card(database: Database, cabinet_id: UUID, sizes: Sequence[dict[str, Any]] = SIZES, nm_id: int = 1) -> None:
    await put(database, tables.products, cabinet_id, {"nm_id": nm_id, "sizes": list(sizes)})


async def counted(database: Database, section: Any, cabinet_id: UUID, *nm_ids: int, today: date = TODAY) -> Any:
    async with database.transaction() as connection:
        return await section.count(connection, cabinet_id, nm_ids, today)


async def written(database: Database, section: Any, cabinet_id: UUID, *nm_ids: int) -> Any:
    """Counted, and written where the cabinet's own section reads it."""
    wanted = {section.SECTION: nm_ids}
    async with database.transaction() as connection:
        found = await items.count(connection, cabinet_id, wanted, TODAY)
        await items.write(connection, cabinet_id, wanted, found, TODAY)
    return await counted(database, section, cabinet_id, *nm_ids)
