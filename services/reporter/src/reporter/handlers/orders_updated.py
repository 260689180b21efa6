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
from reporter.reports.reported import reported_events, untold_events
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
    await totals.count_items_and_days(connection, cabinet_id, stored.of_today)
    if event.origin is Origin.LIVE:
        steps = list(of_orders(event.data.orders, stored.changed))
        events = await untold_events(connection, event, steps, stored.changed, now)
    else:
        waited = await untold(connection, cabinet_id, [], event.time, known=stored.waited_for)
        events = await reported_events(connection, event, waited, now)
    if events:
        await outbox.append(connection, events)
