"""Folding events as the subscribers do, without a broker."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event
from contracts.orders import OrdersUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.stocks import StocksUpdatedV1
from reporter import handlers
from servicekit.db import Database
from support.reporting import TODAY

Fold = Callable[..., Awaitable[set[str]]]


@pytest.fixture
def cabinet_id() -> UUID:
    return uuid4()


@pytest.fixture
def fold(reporter_db: Database) -> Fold:
    """Handle events in turn, each in its transaction; the tags that the last one made stale."""

    async def fold(*events: Event[Any], today: date = TODAY) -> set[str]:
        stale: set[str] = set()
        for event in events:
            async with reporter_db.transaction() as connection:
                match event.data:
                    case OrdersUpdatedV1():
                        stale = await handlers.orders_updated(connection, event, today)
                    case ProductsUpdatedV1():
                        stale = await handlers.products_updated(connection, event)
                    case StocksUpdatedV1():
                        stale = await handlers.stocks_updated(connection, event)
                    case CabinetDisconnectedV1():
                        stale = await handlers.cabinet_disconnected(connection, event)
        return stale

    return fold
