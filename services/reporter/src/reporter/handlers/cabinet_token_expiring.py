"""The token of a cabinet ends soon."""

from contracts.cabinets import CabinetTokenExpiringV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rules import token_expiring
from reporter.facts import tokens


async def cabinet_token_expiring(connection: AsyncConnection, event: Event[CabinetTokenExpiringV1]) -> None:
    """Keep when, and raise the alert."""
    if await cabinets.hold(connection, event.cabinetid):
        await tokens.store_expiring(connection, event)
        await engine.after_event(connection, event, token_expiring.RULE)
