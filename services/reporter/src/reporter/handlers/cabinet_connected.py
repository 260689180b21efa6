"""A seller connected a cabinet, or gave it a new token."""

from contracts.cabinets import CabinetConnectedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rules import token_expiring
from reporter.facts import tokens


async def cabinet_connected(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """Keep when the token ends: what was told of the token before is over."""
    if await cabinets.hold(connection, event.cabinetid):
        await tokens.store_given(connection, event)
        await engine.after_event(connection, event, token_expiring.RULE)
