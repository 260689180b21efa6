"""Data of a resource stopped coming."""

from contracts.envelope import Event
from contracts.freshness import DataDelayedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rules import data_lagging
from reporter.facts import sources


async def data_delayed(connection: AsyncConnection, event: Event[DataDelayedV1]) -> None:
    """Keep since when."""
    if await cabinets.hold(connection, event.cabinetid):
        await sources.store_delay(connection, event)
        await engine.after_event(connection, event, data_lagging.RULE)
