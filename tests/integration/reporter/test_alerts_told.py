"""Which alerts people are told of: those of live events and of a new day, once, whoever counts and dies."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from contracts.alerts import AlertsRaisedV1
from contracts.envelope import Origin
from contracts.feedbacks import ChangedFeedback, FeedbacksUpdatedV1
from reporter.alerts import engine
from servicekit.db import Database
from servicekit.events import new_event
from structlog.testing import capture_logs
from support.alerting import NOW, TODAY
from support.outbox_rows import published
from support.reporting import an_order, orders_updated
from support.rows import all_rows
from support.stored_alerts import told

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]


class TestWhoIsTold:
    """Cancels of a week that were rare before, folded with the jobs that count what is marked."""

    async def fold_cancels(self, fold: Fold, cabinet_id: UUID, origin: Origin) -> None:
        usual = [an_order(cabinet_id, f"u{n}", days_ago=8 + n % 29) for n in range(90)]
        cancelled = [an_order(cabinet_id, f"c{n}", days_ago=n % 5, is_cancel=True) for n in range(9)]
        await fold(orders_updated(cabinet_id, *usual, *cancelled, origin=origin))

    async def told_of(self, database: Database) -> set[tuple[int, Origin]]:
        raised = await published(database, AlertsRaisedV1.TYPE)
        return {(alert.nm_id, event.origin) for event in raised for alert in event.data.alerts}

    @pytest.mark.parametrize("origin", Origin)
    async def test_people_are_told_of_what_is_live_alone(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID, origin: Origin
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, origin)
        await count_stale()
        told_as = Origin.LIVE if origin is Origin.LIVE else Origin.BACKFILL
        assert await self.told_of(reporter_db) == {(0, told_as), (1, told_as)}

    async def test_a_live_order_beside_a_backfill_is_told_of(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, Origin.LIVE)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "x", nm_id=2), origin=Origin.BACKFILL))
        await count_stale()
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}

    @pytest.mark.parametrize("origins", list(permutations([Origin.LIVE, Origin.BACKFILL])))
    async def test_one_live_event_of_an_item_is_enough(
        self,
        fold: Fold,
        count_stale: CountStale,
        reporter_db: Database,
        cabinet_id: UUID,
        origins: tuple[Origin, Origin],
    ) -> None:
        for origin in origins:
            review = ChangedFeedback(
                id=origin, nm_id=1, created_at=NOW, valuation=1, text="Тонкая ткань", revision=1, change="new"
            )
            order = an_order(cabinet_id, origin, nm_id=2, days_ago=1)
            reviewed = FeedbacksUpdatedV1(feedbacks=(review,))
            await fold(
                new_event(reviewed, cabinet_id=cabinet_id, origin=origin),
                orders_updated(cabinet_id, order, origin=origin),
            )
        marked = {
            (row["nm_id"], row["is_told"])
            for table in ("stale_cells", "stale_sections")
            for row in await all_rows(reporter_db, table)
        }
        assert marked == {(1, True), (2, True)}
        await count_stale()
        assert await self.told_of(reporter_db) == {(1, Origin.LIVE)}

    async def test_what_a_new_day_brings_up_is_told_of(
        self, fold: Fold, count_stale: CountStale, turn_day: TurnDay, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        tomorrow = TODAY + timedelta(days=1)
        later = [an_order(cabinet_id, f"c{n}", days_ago=-1, is_cancel=True) for n in range(9)]
        usual = [an_order(cabinet_id, f"u{n}", days_ago=8 + n % 28) for n in range(90)]
        await fold(orders_updated(cabinet_id, *usual, *later, origin=Origin.BACKFILL))
        await count_stale()
        assert await self.told_of(reporter_db) == set()
        await turn_day(tomorrow)
        await count_stale(today=tomorrow)
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}

    async def test_of_several_processes_one_tells(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, Origin.LIVE)
        await asyncio.gather(*(count_stale() for _ in range(3)))
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}
        assert len(await told(reporter_db)) == 2

    async def test_a_kill_before_the_commit_tells_nothing_and_loses_nothing(
        self,
        fold: Fold,
        count_stale: CountStale,
        reporter_db: Database,
        cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, Origin.LIVE)
        events_of = engine._events

        def killed(*_: Any) -> Any:
            raise ConnectionError("killed")  # the alerts are stored by then

        monkeypatch.setattr(engine, "_events", killed)
        with capture_logs() as logs:
            await count_stale()
        assert "figures.set_aside" in {line["event"] for line in logs}
        assert await all_rows(reporter_db, "alerts") == []
        assert await published(reporter_db, AlertsRaisedV1.TYPE) == []
        monkeypatch.setattr(engine, "_events", events_of)
        for _ in range(2):
            await count_stale()
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}
        assert len(await told(reporter_db)) == 2
