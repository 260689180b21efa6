"""Orders changed."""

from datetime import datetime

from contracts.envelope import Event, Origin
from contracts.orders import OrdersUpdatedV1
from servicekit import outbox
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.facts.orders import store_orders
from reporter.figures import totals
from reporter.figures.moscow import day_of
from reporter.reports.reported import reported_events
from reporter.reports.steps import of_orders
from reporter.reports.told import untold


async def orders_updated(connection: AsyncConnection, event: Event[OrdersUpdatedV1], now: datetime) -> None:
    """Store the newer orders; report steps of live ones, and those that waited for them. Figures are left to the jobs.

    Today's totals stand in the messages of live orders: they are right at any moment, of a first load as well.
    """
    cabinet_id = event.cabinetid
    if not await cabinets.hold(connection, cabinet_id):
        return
    stored = await store_orders(connection, event, day_of(now))
    await totals.count_items(connection, cabinet_id, stored.of_today)
    await totals.count_days(connection, cabinet_id, {cell.day for cell in stored.of_today})
    told = list(of_orders(event.data.orders, stored.changed)) if event.origin is Origin.LIVE else []
    steps = await untold(connection, cabinet_id, told, event.time, known=stored.changed)
    if events := await reported_events(connection, event, steps, now):
        await outbox.append(connection, events)
