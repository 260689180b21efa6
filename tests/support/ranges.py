"""Ranges that an ingestor reads: asked for, read, and what became of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ingestor.sync import ranges
from servicekit.db import Database
from wbsim.running import Wbsim

from support.ingesting import Ingestor, connect_cabinet
from support.rows import rows


async def a_shop(ingestor: Ingestor, wb: Wbsim, *, orders: int = 250, days: int = 40, **token: Any) -> UUID:
    """A connected cabinet of a shop with a past."""
    await wb.settings(fbs_share=0.5)
    sid = await wb.seller(name="past", history_orders=orders, history_days=days)
    return await connect_cabinet(ingestor, wb, sid=sid, **token)


async def ask(
    database: Database, cabinet_id: UUID, resource: str, since: date | datetime, until: date | datetime, **how: Any
) -> UUID:
    """Ask for a range; its id."""
    async with database.transaction() as connection:
        return await ranges.ask(connection, cabinet_id, resource, since, until, **{"why": ranges.BACKFILL, **how})


async def take_turn(ingestor: Ingestor) -> int:
    """One turn of each range whose turn it is; how many there were."""
    await rows(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity' RETURNING 1")
    await rows(ingestor.database, "UPDATE sync_ranges SET next_run_at = '-infinity' RETURNING 1")
    engine = ingestor.parts.engine
    leases = await engine.claim(10)
    for lease in leases:
        await engine.run(lease)
    return len(leases)


async def read_all(ingestor: Ingestor, turns: int = 50) -> None:
    """Take turns until no range has one."""
    for _ in range(turns):
        if not await take_turn(ingestor):
            return
    raise AssertionError(f"a range is read on and on: {await rows(ingestor.database, 'SELECT * FROM sync_ranges')}")


async def stored_range(database: Database, range_id: UUID) -> dict[str, Any]:
    """A range as it is kept."""
    [row] = await rows(database, "SELECT * FROM sync_ranges WHERE id = :id", id=range_id)
    return row
