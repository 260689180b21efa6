"""The process dies at a step, at any of them, and another one goes on: what is there and what was told is the same."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event
from contracts.feedbacks import FeedbacksUpdatedV1
from reporter import tables
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.due import Waits
from reporter.figures.pacing import Pace
from reporter.figures.parts import Part
from reporter.jobs import count_cells as cells
from reporter.jobs import count_sections as sections
from reporter.jobs import reconcile as reconciling
from reporter.jobs import turn_day as turning
from reporter.jobs.prepare_digests import prepare_digests
from servicekit.cache import Cache
from servicekit.db import Database
from support.any_rows import SOURCES, a_row, an_event
from support.databases import forget
from support.driver_faults import Killed, cancelling, killed, stepping
from support.reporting import NOON, TODAY, a_sale, a_stock, an_order, orders_updated, sales_updated, stocks_updated
from support.rows import all_rows, rows
from support.shop_histories import history

Fold = Callable[..., Awaitable[set[str]]]
Action = Callable[[], Awaitable[Any]]

CABINET = UUID(int=1)
TOMORROW = TODAY + timedelta(days=1)
ACTIONS = {"orders.updated.v1", "sales.updated.v1", "feedbacks.updated.v1"}
ACTIONS |= {"cells", "sections", "turn", "reconcile", "digests"}
NOW = Waits(live=0, quiet=0, longest=0)

MOMENTS = {"prepared_at", "looked_at", "marked_at", "marked_by", "stale_since", "created_at", "handled_at"}
"""When something was done is another thing each time."""


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "CHUNK_CELLS", 4)
    monkeypatch.setattr(cells, "CHUNK_DAYS", 4)
    monkeypatch.setattr(sections, "CHUNK_MARKS", 40)
    monkeypatch.setattr(turning, "CHUNK_ITEMS", 2)
    monkeypatch.setattr(reconciling, "CHUNK_ITEMS", 2)


def before() -> Iterator[Event[Any]]:
    """What a shop has seen before anything dies."""
    yield from history(CABINET, seed=4, events=12)
    yield stocks_updated(CABINET, *(a_stock(5, nm_id=nm_id) for nm_id in range(3, 6)))
    yield orders_updated(CABINET, *(an_order(CABINET, f"o{n}", nm_id=3 + n % 3, days_ago=n) for n in range(12)))


def news() -> Iterator[Event[Any]]:
    """What comes while processes die: steps of orders, sales that wait for theirs and that do not, an alert."""
    cancelled = an_order(CABINET, "o1", nm_id=4, days_ago=1, revision=2, is_cancel=True, change="cancelled")
    yield orders_updated(CABINET, an_order(CABINET, "n1", nm_id=3), an_order(CABINET, "n2", nm_id=4), cancelled)
    early = [a_sale("R2", srid="n3", nm_id=5), a_sale("S2", srid="n3", nm_id=5)]
    yield sales_updated(CABINET, a_sale("S1", srid="o2", nm_id=5), *early)
    yield orders_updated(CABINET, an_order(CABINET, "n3", nm_id=5))
    feedbacks = SOURCES[FeedbacksUpdatedV1]
    bad = {"nm_id": 4, "valuation": 1, "created_at": NOON, "parent_id": None}
    yield an_event(feedbacks, CABINET, a_row(feedbacks, CABINET, 50, 1, random.Random(1), **bad))


class Process:
    """What the service does, step by step; each attempt is another process."""

    def __init__(self, database: Database, cache: Cache, fold: Fold, fault: str, stride: int) -> None:
        self._database, self._cache, self._fold, self._fault, self._stride = database, cache, fold, fault, stride
        self.died_at: dict[str, set[str]] = {}

    def actions(self, *events: Event[Any]) -> Iterator[tuple[str, Action]]:
        """Everything from events to digests, by name."""
        database, cache = self._database, self._cache
        for event in events:
            yield event.type, partial(self._fold, event)
        count: list[tuple[str, Action]] = [
            (
                "cells",
                lambda: cells.count_cells(database, cache, CabinetLocks(), Pace(), lambda: self.today, NOW),
            ),
            (
                "sections",
                lambda: sections.count_sections(
                    database,
                    cache,
                    CabinetLocks(),
                    Pace(),
                    lambda: self.today,
                    lambda: NOON,
                    waits=dict.fromkeys(Part, NOW),
                ),
            ),
        ]
        self.today = TODAY
        yield from count
        yield from count
        self.today = TOMORROW
        yield "turn", lambda: turning.turn_day(database, cache, CabinetLocks(), Pace(), TOMORROW)
        yield from count
        yield from count
        yield (
            "reconcile",
            lambda: reconciling.reconcile(
                database, CabinetLocks(), Pace(), lambda: TOMORROW, lambda: NOON, after_seconds=0
            ),
        )
        yield "digests", lambda: prepare_digests(database, Pace(), TOMORROW)

    async def all_goes_well(self, *events: Event[Any]) -> None:
        for _, act in self.actions(*events):
            await act()

    async def dies_everywhere(self, *events: Event[Any]) -> None:
        """Each action is begun again and again, and dies later each time, until it comes to its end."""
        for name, act in self.actions(*events):
            number, is_over = 1 - self._stride, False
            while not is_over:
                number += self._stride
                is_over = await self._attempt(name, act, number)

    async def _attempt(self, name: str, act: Action, number: int) -> bool:
        async with stepping(self._database) as steps:
            task = asyncio.ensure_future(act())
            steps.at(killed if self._fault == "killed" else cancelling(lambda: task), number)
            with suppress(Killed, asyncio.CancelledError):
                await task
            if steps.fault is None:
                self.died_at.setdefault(name, set()).add(steps.passed[number - 1])
            return steps.fault is not None


async def forget_everything(database: Database) -> None:
    await forget(database, (table.name for table in tables.metadata.sorted_tables))


async def everything(database: Database) -> dict[str, list[str]]:
    """All rows, and what was told, row by row."""
    found = {}
    for table in tables.metadata.sorted_tables:
        kept = [_without_moments(row) for row in await all_rows(database, table.name)]
        found[table.name] = sorted(kept)
    found["told"] = sorted(
        line
        for row in await rows(database, "SELECT type, body FROM outbox")
        for line in _told(row["type"], row["body"])
    )
    found["inbox"] = sorted(str(row["event_id"]) for row in await rows(database, "SELECT * FROM inbox"))
    return found


def _without_moments(row: dict[str, Any]) -> str:
    kept = {name: value for name, value in row.items() if name not in MOMENTS}
    if isinstance(kept.get("body"), dict):
        kept["body"] = {name: value for name, value in kept["body"].items() if name not in MOMENTS}
    return str(kept)


def _told(event_type: str, body: str) -> Iterator[str]:
    data = json.loads(body)["data"]
    lists = [each for each in data.values() if isinstance(each, list)]
    if len(data) == len(lists) == 1:
        yield from (f"{event_type} {json.dumps(each, sort_keys=True)}" for each in lists[0])
    else:
        data.pop("prepared_at", None)
        yield f"{event_type} {json.dumps(data, sort_keys=True)}"


@pytest.mark.parametrize(("fault", "stride"), [("killed", 1), ("cancelled", 3)])
async def test_nothing_is_lost_and_nothing_doubled(
    reporter_db: Database, cache: Cache, fold: Fold, fault: str, stride: int
) -> None:
    process = Process(reporter_db, cache, fold, fault, stride)
    past, present = list(before()), list(news())
    await fold(*past)
    await process.all_goes_well(*present)
    expected = await everything(reporter_db)
    await forget_everything(reporter_db)
    await fold(*past)
    await process.dies_everywhere(*present)
    after = await everything(reporter_db)
    for name, of_table in expected.items():
        assert after[name] == of_table, name
    assert {name for name, at in process.died_at.items() if "COMMITTED" in at or stride > 1} == ACTIONS
    for name in ("alerts", "digests", "told", "told_steps", "item_figures", "analytics_cache", "reconciliation"):
        assert expected[name], f"nothing happened to {name}"
