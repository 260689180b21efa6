"""What each event does, within the transaction it is given; the answer is the cache tags to invalidate after it."""

from datetime import date

from contracts.analytics import WHOLE_CABINET
from contracts.cabinets import CabinetDisconnectedV1
from contracts.cache_keys import cabinet_orders_tag
from contracts.envelope import Event
from contracts.orders import OrdersUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.stocks import StocksUpdatedV1
from contracts.topics import REPORTER_CABINETS, REPORTER_ORDERS, REPORTER_PRODUCTS, REPORTER_STOCKS, Queue
from servicekit import outbox
from servicekit.inbox import first_time
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import analytics, cabinets, projections, report, tags, totals
from reporter.facts import store_orders


async def orders_updated(connection: AsyncConnection, event: Event[OrdersUpdatedV1], today: date) -> set[str]:
    """Store the newer orders, recount what they touch, and report them with the figures of `today`."""
    stale = tags.of_orders(event)
    if await _is_due(connection, event, REPORTER_ORDERS):
        stored = await store_orders(connection, event)
        if stored.orders:
            await totals.recount(connection, event.cabinetid, stored.cells)
            figures = await analytics.rebuild(connection, event.cabinetid, [WHOLE_CABINET, *stored.nm_ids], today)
            reported = await report.report_orders(connection, event.cabinetid, stored.orders, today)
            await outbox.append(connection, report.make_events(event, reported, figures))
            stale |= tags.of_figures(event.cabinetid, figures)
    return stale


async def products_updated(connection: AsyncConnection, event: Event[ProductsUpdatedV1]) -> set[str]:
    """Keep the newer cards."""
    if await _is_due(connection, event, REPORTER_PRODUCTS):
        await projections.store_products(connection, event)
    return tags.of_products(event)


async def stocks_updated(connection: AsyncConnection, event: Event[StocksUpdatedV1]) -> set[str]:
    """Keep the newer stocks."""
    if await _is_due(connection, event, REPORTER_STOCKS):
        await projections.store_stocks(connection, event)
    return tags.of_stocks(event)


async def cabinet_disconnected(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> set[str]:
    """Forget the cabinet. Entries of single orders are left to their five minutes: who reads them is a member."""
    if not await _is_due(connection, event, REPORTER_CABINETS):
        return {cabinet_orders_tag(event.cabinetid)}
    nm_ids = await cabinets.forget(connection, event.cabinetid, event.time)
    return {cabinet_orders_tag(event.cabinetid), *tags.of_all_periods(event.cabinetid, {WHOLE_CABINET, *nm_ids})}


async def _is_due(
    connection: AsyncConnection,
    event: "Event[OrdersUpdatedV1] | Event[ProductsUpdatedV1] | Event[StocksUpdatedV1] | Event[CabinetDisconnectedV1]",
    queue: Queue,
) -> bool:
    # The lock comes first: whoever waits for it then sees the tombstone and the inbox mark of who held it.
    return await cabinets.hold(connection, event.cabinetid) and await first_time(connection, queue.name, event.id)
