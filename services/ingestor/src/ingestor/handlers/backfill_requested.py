"""An administrator asks for a stretch of time."""

from contracts.envelope import Event
from contracts.syncs import BackfillRequestedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import cabinets
from ingestor.causes import cause_of
from ingestor.sync import ranges
from ingestor.sync.ranges import NoRange


async def backfill_requested(connection: AsyncConnection, event: Event[BackfillRequestedV1]) -> None:
    """Put the range in line; of one that cannot be read it is kept why."""
    if await cabinets.is_disconnected(connection, event.cabinetid):
        return
    data, cause = event.data, cause_of(event)
    wanted = (event.cabinetid, data.resource, data.since, data.until)
    try:
        asked = await ranges.ask(connection, *wanted, why=ranges.BACKFILL, cause=cause, range_id=data.range_id)
    except NoRange as error:
        await ranges.refuse(connection, *wanted, range_id=data.range_id, cause=cause, reason=str(error))
        return
    if asked != data.range_id:
        reason = f"the same waits already: {asked}"
        await ranges.refuse(connection, *wanted, range_id=data.range_id, cause=cause, reason=reason)
