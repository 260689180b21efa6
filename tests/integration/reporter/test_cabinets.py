"""A disconnected cabinet is forgotten, and stays so."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from servicekit.db import Database
from support.reporting import (
    a_stock,
    an_order,
    cabinet_disconnected,
    dump,
    orders_updated,
    products_updated,
    rows,
    stocks_updated,
)

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]
TABLES = ("order_facts", "day_totals", "analytics_cache", "products", "stocks", "outbox")


def events_of(cabinet_id: UUID) -> list[Event[Any]]:
    return [
        products_updated(cabinet_id),
        stocks_updated(cabinet_id, a_stock(3)),
        orders_updated(cabinet_id, an_order(cabinet_id)),
    ]


async def test_its_rows_are_deleted_and_nobody_elses(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    other = UUID(int=7)
    await fold(*events_of(other))
    before = await dump(reporter_db, *TABLES)
    await fold(*events_of(cabinet_id))
    event = cabinet_disconnected(cabinet_id)
    await fold(event)
    assert await dump(reporter_db, *TABLES) == before
    assert await rows(reporter_db, "disconnected_cabinets") == [
        {"cabinet_id": cabinet_id, "disconnected_at": event.time}
    ]


async def test_later_events_are_void(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    await fold(cabinet_disconnected(cabinet_id))
    await fold(*events_of(cabinet_id))
    assert await dump(reporter_db, *TABLES) == ""


async def test_its_lists_and_figures_in_the_cache_are_stale(fold: Fold, cabinet_id: UUID) -> None:
    await fold(*events_of(cabinet_id))
    event = cabinet_disconnected(cabinet_id)
    stale = await fold(event)
    assert stale >= {
        cache_keys.cabinet_orders_tag(cabinet_id),
        cache_keys.analytics(cabinet_id, 0, 7),
        cache_keys.analytics(cabinet_id, 1, 90),
    }
    assert cache_keys.cabinet_orders_tag(cabinet_id) in await fold(event)
