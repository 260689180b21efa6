"""The shadow beside the tables in use at one and the same moment."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.moscow import day_of
from reporter.rebuild.building import Built, catch_up, count
from reporter.rebuild.differences import Differences, compare
from reporter.rebuild.swapping import hold

LOOKS = 60
LOOK_SECONDS = 1.0
"""How long the figures in use are waited for, where something of theirs is yet to be counted."""

_IS_COUNTED = text("""
SELECT NOT EXISTS (SELECT FROM stale_cabinets WHERE cabinet_id = :cabinet_id)
    AND NOT EXISTS (SELECT FROM stale_cells WHERE cabinet_id = :cabinet_id)
    AND NOT EXISTS (SELECT FROM stale_sections WHERE cabinet_id = :cabinet_id)
    AND NOT EXISTS (SELECT FROM figure_days WHERE cabinet_id = :cabinet_id AND day < CAST(:today AS date))
""")


@dataclass(frozen=True)
class Comparison:
    """What differs, and whether all figures in use had been counted by then."""

    differences: Differences
    all_counted: bool

    @property
    def total(self) -> int:
        """Rows that are not the same."""
        return sum(each.total for each in self.differences.values())


async def compared(live: Database, shadow: Database, built: Built, now: datetime) -> Comparison:
    """Compare while the cabinet is held: nothing of it is handled meanwhile, and what was handled before is folded.

    Raises:
        CannotSwap: the cabinet was disconnected.
    """
    looks = 0
    while True:
        looks += 1
        async with live.transaction() as connection:
            await hold(connection, built.cabinet_id)
            counted = await _is_counted(connection, built.cabinet_id, day_of(now))
            if counted or looks == LOOKS:
                await catch_up(shadow, built, now)
                await count(shadow, now)
                return Comparison(await compare(connection, built.cabinet_id), counted)
        await asyncio.sleep(LOOK_SECONDS)


async def _is_counted(connection: AsyncConnection, cabinet_id: UUID, today: date) -> bool:
    return bool(await connection.scalar(_IS_COUNTED, {"cabinet_id": cabinet_id, "today": today}))
