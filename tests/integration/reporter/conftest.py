"""Folding events as the subscribers do, without a broker."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetTokenExpiringV1
from contracts.claims import ClaimsUpdatedV1
from contracts.envelope import Event, EventData
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.orders import OrdersUpdatedV1
from contracts.sales import SalesUpdatedV1
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import tags
from reporter.figures.due import Waits
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
from reporter.jobs.count_stale import count_stale as run_count_stale
from reporter.jobs.reconcile import reconcile as run_reconcile
from reporter.jobs.turn_day import turn_day as run_turn_day
from servicekit.cache import Cache
from servicekit.consume import Handler, handle_once
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection
from support.rebuilding import Reporter
from support.reconciling import Reconcile
from support.reporting import NOON, TODAY

from contracts import topics

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]


@pytest.fixture
def cabinet_id() -> UUID:
    return uuid4()


@pytest.fixture
def fold(reporter_db: Database) -> Fold:
    """Handle events in turn, each as its consumer does; the tags that the last one made stale."""

    async def fold(*events: Event[Any], today: date = TODAY) -> set[str]:
        now = NOON + (today - TODAY)

        async def orders_updated_now(connection: AsyncConnection, event: Event[Any]) -> None:
            await orders_updated(connection, event, now)

        async def sales_updated_now(connection: AsyncConnection, event: Event[Any]) -> None:
            await sales_updated(connection, event, now)

        async def claims_updated_now(connection: AsyncConnection, event: Event[Any]) -> None:
            await claims_updated(connection, event, now)

        handlers: dict[type[EventData], Handler] = {
            OrdersUpdatedV1: orders_updated_now,
            CabinetConnectedV1: cabinet_connected,
            CabinetTokenExpiringV1: cabinet_token_expiring,
            CabinetDisconnectedV1: cabinet_disconnected,
            DataDelayedV1: data_delayed,
            DataRecoveredV1: data_recovered,
            **dict.fromkeys(KEPT, facts_updated),
            SalesUpdatedV1: sales_updated_now,
            ClaimsUpdatedV1: claims_updated_now,
        }
        stale: set[str] = set()
        for event in events:
            data = type(event.data)
            queue = next(each for each in topics.QUEUES if data in each.events and each.service == "reporter")
            returned = await handle_once(reporter_db, queue, handlers, event)
            stale = tags.of(event) | (returned or set())
        return stale

    return fold


@pytest.fixture
def cache(redis_client: "redis.asyncio.Redis", redis_prefix: str) -> Cache:
    return Cache(redis_client, prefix=redis_prefix)


@pytest.fixture
def count_stale(reporter_db: Database, cache: Cache) -> CountStale:
    """Count everything that is stale; how many parts of cabinets it was tried for."""

    async def count(
        *, today: date = TODAY, live: float = 0, quiet: float = 0, longest: float = 3600, **more: Any
    ) -> int:
        waits = Waits(live=live, quiet=quiet, longest=longest)
        more = {"now": lambda: NOON + (today - TODAY), **more}
        return await run_count_stale(reporter_db, cache, CabinetLocks(), Pace(), lambda: today, waits=waits, **more)

    return count


@pytest.fixture
def turn_day(reporter_db: Database, cache: Cache) -> TurnDay:
    """Turn the day; how many items had figures of an earlier one."""

    async def turn(today: date) -> int:
        return await run_turn_day(reporter_db, cache, CabinetLocks(), Pace(), today)

    return turn


@pytest.fixture
def reconcile(reporter_db: Database) -> Reconcile:
    """Reconcile what is marked; how many cabinets it was tried for."""

    async def reconcile(*, today: date = TODAY, now: datetime = NOON, after_seconds: float = 0) -> int:
        return await run_reconcile(
            reporter_db, CabinetLocks(), Pace(), lambda: today, lambda: now, after_seconds=after_seconds
        )

    return reconcile


@pytest.fixture
async def reporter(reporter_db: Database, ingestor_db: Database, gateway_db: Database) -> Reporter:
    """A reporter whose events are in the logs of those who publish them."""
    return Reporter(reporter_db, {"ingestor": ingestor_db, "gateway": gateway_db})
