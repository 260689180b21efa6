"""Buyers' claims changed."""

from datetime import datetime

from contracts.analytics import WHOLE_CABINET
from contracts.claims import ClaimsUpdatedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rules import claim_waiting
from reporter.facts import newer_rows
from reporter.facts.claims import CLAIMS
from reporter.figures.moscow import day_of


async def claims_updated(connection: AsyncConnection, event: Event[ClaimsUpdatedV1], now: datetime) -> None:
    """Keep the newer rows, and look which of the items' claims wait: they are in no figure that would be counted."""
    if not await cabinets.hold(connection, event.cabinetid):
        return
    await newer_rows.store(connection, CLAIMS, event)
    await engine.look(
        connection,
        event.cabinetid,
        {claim_waiting.RULE: {claim.nm_id or WHOLE_CABINET for claim in event.data.claims}},
        today=day_of(now),
        now=now,
        origin_of=lambda *_: event.origin,
        cause=event,
    )
