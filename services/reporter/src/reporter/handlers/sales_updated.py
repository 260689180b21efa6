"""Purchases and returns."""

from datetime import datetime

from contracts.envelope import Event, Origin
from contracts.sales import SalesUpdatedV1
from servicekit import outbox
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.facts import newer_rows
from reporter.facts.sales import SALES
from reporter.reports.reported import reported_events
from reporter.reports.steps import of_sales
from reporter.reports.told import untold, wait_for_orders


async def sales_updated(connection: AsyncConnection, event: Event[SalesUpdatedV1], now: datetime) -> None:
    """Keep the newer rows; report the steps of live ones whose order is known, and keep the others until it is."""
    cabinet_id = event.cabinetid
    if not await cabinets.hold(connection, cabinet_id):
        return
    await newer_rows.store(connection, SALES, event)
    if event.origin is not Origin.LIVE:
        return
    told = list(of_sales(cabinet_id, event.data.sales))
    steps = await untold(connection, cabinet_id, told, event.time)
    known = await wait_for_orders(connection, cabinet_id, steps, event.time)
    if events := await reported_events(connection, event, known, now):
        await outbox.append(connection, events)
