"""From the queues to the handlers: one transaction a message, and the cache told after its commit."""

from collections.abc import Awaitable, Callable
from typing import Any

from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event
from contracts.orders import OrdersUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.stocks import StocksUpdatedV1
from faststream.rabbit import RabbitBroker
from servicekit.cache import Cache
from servicekit.consume import Handler, consume
from servicekit.db import Database
from servicekit.telemetry import tracer
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import topics
from reporter import handlers
from reporter.moscow import Today
from reporter.turns import Turns

Effect = Callable[[AsyncConnection, Event[Any]], Awaitable[set[str]]]


def subscribe(broker: RabbitBroker, database: Database, cache: Cache, today: Today) -> None:
    """Consume everything the reporter listens to."""
    turns = Turns()

    async def orders_updated(connection: AsyncConnection, event: Event[Any]) -> set[str]:
        return await handlers.orders_updated(connection, event, today())

    for queue, data, effect in (
        (topics.REPORTER_ORDERS, OrdersUpdatedV1, orders_updated),
        (topics.REPORTER_PRODUCTS, ProductsUpdatedV1, handlers.products_updated),
        (topics.REPORTER_STOCKS, StocksUpdatedV1, handlers.stocks_updated),
        (topics.REPORTER_CABINETS, CabinetDisconnectedV1, handlers.cabinet_disconnected),
    ):
        consume(broker, queue, {data: handler(database, cache, turns, effect)})


def handler(database: Database, cache: Cache, turns: Turns, effect: Effect) -> Handler:
    """The effect in a transaction of its own, then the invalidation.

    A process that dies between the two gets the message again: the effect then changes nothing, and the tags
    are invalidated all the same. Where Redis is down, entries live on until their time is over.
    """

    async def handle(event: Event[Any]) -> None:
        with tracer.start_as_current_span(f"fold {event.type}"):
            async with turns.of(event.cabinetid), database.transaction() as connection:
                stale = await effect(connection, event)
            await cache.invalidate(sorted(stale))

    return handle
