"""How old the data of each resource are, and whether they are late."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from servicekit.db import Database
from servicekit.events import new_event
from support.reporting import (
    NOON,
    a_stock,
    an_order,
    cabinet_disconnected,
    dump,
    orders_updated,
    products_updated,
    stocks_updated,
)
from support.rows import all_rows, execute

Fold = Callable[..., Awaitable[set[str]]]

CABINET = UUID(int=1)


def hours(ago: int) -> datetime:
    return NOON - timedelta(hours=ago)


def delayed(since: datetime, *resources: str, reason: str | None = None) -> Event[Any]:
    told = [DelayedResource(resource=each, last_success_at=since, reason=reason) for each in resources]
    return new_event(DataDelayedV1(resources=tuple(told)), cabinet_id=CABINET)


def recovered(since: datetime, at: datetime, *resources: str) -> Event[Any]:
    told = [RecoveredResource(resource=each, delayed_since=since, recovered_at=at) for each in resources]
    return new_event(DataRecoveredV1(resources=tuple(told)), cabinet_id=CABINET)


async def test_the_newest_event_of_a_resource_tells_its_age(fold: Fold, reporter_db: Database) -> None:
    events = [
        orders_updated(CABINET, an_order(CABINET)),
        products_updated(CABINET),
        stocks_updated(CABINET, a_stock(1)),
    ]
    for ago in (1, 3, 2):
        await fold(*(event.model_copy(update={"time": hours(ago), "id": UUID(int=ago)}) for event in events))
    ages = {row["resource"]: row["as_of"] for row in await all_rows(reporter_db, "sources")}
    assert ages == dict.fromkeys(("orders", "products", "stocks"), hours(1))


async def test_delays_and_their_ends_may_come_in_any_order(fold: Fold, reporter_db: Database) -> None:
    events = [
        delayed(hours(9), "orders", "stocks", reason="429"),
        recovered(hours(9), hours(6), "orders", "stocks"),
        delayed(hours(5), "orders", reason="500"),
    ]
    for told in permutations([*events, events[0]]):
        for table in ("sources", "inbox"):
            await execute(reporter_db, f"DELETE FROM {table}")
        await fold(*told)
        found = {
            row["resource"]: (row["delayed_since"], row["recovered_at"], row["delay_reason"], row["as_of"])
            for row in await all_rows(reporter_db, "sources")
        }
        assert found == {
            "orders": (hours(5), hours(6), "500", None),
            "stocks": (hours(9), hours(6), "429", None),
        }
        late = {row["resource"] for row in await all_rows(reporter_db, "sources") if is_late(row)}
        assert late == {"orders"}


def is_late(row: dict[str, Any]) -> bool:
    return bool(row["delayed_since"]) and not (row["recovered_at"] and row["recovered_at"] > row["delayed_since"])


async def test_those_of_a_disconnected_cabinet_are_void(fold: Fold, reporter_db: Database) -> None:
    await fold(cabinet_disconnected(CABINET), delayed(hours(1), "orders"), recovered(hours(1), hours(0), "orders"))
    assert await dump(reporter_db, "sources") == ""
