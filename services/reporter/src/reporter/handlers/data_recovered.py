"""Data of a resource come again."""

from contracts.envelope import Event
from contracts.freshness import DataRecoveredV1
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rules import data_lagging
from reporter.facts import sources


async def data_recovered(connection: AsyncConnection, event: Event[DataRecoveredV1]) -> None:
    """Keep since when."""
    if await cabinets.hold(connection, event.cabinetid):
        await sources.store_recovery(connection, event)
        await engine.after_event(connection, event, data_lagging.RULE)
