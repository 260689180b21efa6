"""From the queues to the handlers: a cabinet's events one after another, and the cache told after each commit."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetTokenExpiringV1
from contracts.claims import ClaimsUpdatedV1
from contracts.envelope import Event, EventData, Origin
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.orders import OrdersUpdatedV1
from contracts.sales import SalesUpdatedV1
from faststream.rabbit import RabbitBroker
from servicekit.cache import Cache
from servicekit.consume import AfterCommit, Handler, consume
from servicekit.crowd import Crowd
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import topics
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import tags
from reporter.figures.moscow import Now
from reporter.figures.pacing import Pace
from reporter.handlers.cabinet_connected import cabinet_connected
from reporter.handlers.cabinet_disconnected import cabinet_disconnected
from reporter.handlers.cabinet_token_expiring import cabinet_token_expiring
from reporter.handlers.claims_updated import claims_updated
from reporter.handlers.data_delayed import data_delayed
from reporter.handlers.data_recovered import data_recovered
from reporter.handlers.facts_updated import KEPT, facts_updated
from reporter.handlers.orders_updated import orders_updated
from reporter.handlers.sales_updated import sales_updated


def row_handlers(now: Now) -> dict[type[EventData], Handler]:
    """What stores the rows of events, also where the log is folded again."""

    async def orders_updated_now(connection: AsyncConnection, event: Event[Any]) -> None:
        await orders_updated(connection, event, now())

    async def sales_updated_now(connection: AsyncConnection, event: Event[Any]) -> None:
        await sales_updated(connection, event, now())

    async def claims_updated_now(connection: AsyncConnection, event: Event[Any]) -> None:
        await claims_updated(connection, event, now())

    return {
        OrdersUpdatedV1: orders_updated_now,
        DataDelayedV1: data_delayed,
        DataRecoveredV1: data_recovered,
        **dict.fromkeys(KEPT, facts_updated),
        SalesUpdatedV1: sales_updated_now,
        ClaimsUpdatedV1: claims_updated_now,
    }


def subscribe(
    broker: RabbitBroker, database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, now: Now
) -> None:
    """Consume everything the reporter listens to."""
    rows = row_handlers(now)

    def consume_rows(queue: topics.Queue, handlers: dict[type[EventData], Handler], crowd: Crowd | None = None) -> None:
        consume(
            broker,
            database,
            queue,
            handlers,
            lock=lambda event: locks.of(event.cabinetid),
            after_commit=invalidation(cache, tags.of),
            around=lambda event: paced(pace, event),
            crowd=crowd,
        )

    for queue in topics.REPORTER_CROWDED.takes_from:
        consume_rows(queue, rows, Crowd(topics.REPORTER_CROWDED))
    for queue in (*topics.REPORTER_BACKFILLS, topics.REPORTER_CROWDED):
        consume_rows(queue, rows)
    of_cabinets: dict[type[EventData], Handler] = {
        CabinetConnectedV1: cabinet_connected,
        CabinetTokenExpiringV1: cabinet_token_expiring,
        CabinetDisconnectedV1: cabinet_disconnected,
    }
    consume_rows(topics.REPORTER_CABINETS, of_cabinets)


def paced(pace: Pace, event: Event[Any]) -> AbstractAsyncContextManager[None]:
    """Who comes with a backfill rests after it, and after the cache was told."""
    if event.origin is not Origin.LIVE:
        return pace.unhurried()
    pace.live()
    return nullcontext()


def invalidation(cache: Cache, tags_of: Callable[[Event[Any]], set[str]]) -> AfterCommit:
    """Invalidate what the event alone shows to be stale, also on a repeated delivery, and what its handler returned.

    Where Redis is down, entries live on until their time is over.
    """

    async def invalidate(event: Event[Any], stale: set[str] | None) -> None:
        await cache.invalidate(sorted(tags_of(event) | (stale or set())))

    return invalidate
