"""Digests are prepared once for each period, and again when what they say has changed."""

import asyncio
import json
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.analytics import WHOLE_CABINET
from contracts.digests import (
    DigestKind,
    DigestPreparedV1,
)
from contracts.model import MOSCOW
from reporter import cabinets, tables
from reporter.digests import prepared
from reporter.digests.periods import Period, ended, ended_lately
from reporter.jobs import prepare_digests as job
from servicekit.db import Database
from structlog.testing import capture_logs
from support.digesting import DAY, YESTERDAY, an_hour_passes, run, stat, told, total, turned, unit
from support.facts import put
from support.outbox_rows import published
from support.reporting import TODAY
from support.rows import all_rows, execute, statements


class TestJob:
    @pytest.fixture(autouse=True)
    async def a_cabinet(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await turned(reporter_db, cabinet_id)
        rows = [total(YESTERDAY, nm_id, orders=1, orders_sum=100) for nm_id in (1, WHOLE_CABINET)]
        await put(reporter_db, tables.day_totals, cabinet_id, *rows)

    async def test_prepares_each_period_once_however_often_it_runs(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        assert await run(reporter_db) == 3
        assert await run(reporter_db) == 0
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 0, "nothing has changed"
        assert {row["kind"]: row["first_day"] for row in await all_rows(reporter_db, "digests")} == {
            kind: ended(kind, TODAY).now.first for kind in DigestKind
        }
        (event,) = [e for e in await published(reporter_db) if e.data.kind is DigestKind.DAY]
        assert event.cabinetid == cabinet_id
        assert event.data.currencies[0].orders.count == 1

    async def test_many_at_once_prepare_each_period_once(self, reporter_db: Database) -> None:
        assert sum(await asyncio.gather(*(run(reporter_db) for _ in range(4)))) == 3
        assert len(await told(reporter_db)) == 1

    async def test_one_that_is_overtaken_while_it_counts_tells_nothing(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        count = prepared.count

        async def overtaken(*arguments: Any, **revision: Any) -> DigestPreparedV1:
            digest = await count(*arguments, **revision)
            monkeypatch.setattr(prepared, "count", count)
            async with reporter_db.transaction() as connection:
                assert await prepared.prepare(connection, cabinet_id, DAY)
            return digest

        monkeypatch.setattr(prepared, "count", overtaken)
        async with reporter_db.transaction() as connection:
            assert not await prepared.prepare(connection, cabinet_id, DAY)
        assert [digest.revision for digest in await told(reporter_db)] == [1]

    async def test_one_that_is_killed_leaves_nothing_half_done(
        self, reporter_db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def die(*_: object) -> None:
            raise asyncio.CancelledError

        with monkeypatch.context() as patch:
            patch.setattr("servicekit.outbox.append", die)
            with pytest.raises(asyncio.CancelledError):
                await run(reporter_db)
        assert await all_rows(reporter_db, "digests") == []
        assert await run(reporter_db) == 3
        assert len(await told(reporter_db)) == 1

    async def test_late_data_give_another_revision_within_the_hour_after(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await run(reporter_db)
        await execute(reporter_db, "UPDATE day_totals SET orders = 2")
        assert await run(reporter_db) == 0, "it was looked at less than an hour ago"
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 1
        assert [(d.revision, d.currencies[0].orders.count) for d in await told(reporter_db)] == [(1, 1), (2, 2)]
        (row,) = [row for row in await all_rows(reporter_db, "digests") if row["kind"] == "day"]
        assert row["revision"] == 2
        body = row["body"] if isinstance(row["body"], dict) else json.loads(row["body"])
        assert DigestPreparedV1.model_validate(body) == (await told(reporter_db))[1]

    @pytest.mark.parametrize("late", ["adverts", "reviews", "sales before"])
    async def test_late_data_of_every_source_are_seen(self, reporter_db: Database, cabinet_id: UUID, late: str) -> None:
        await run(reporter_db)
        await an_hour_passes(reporter_db)
        noon = datetime.combine(YESTERDAY, time(12), MOSCOW)
        if late == "adverts":
            await put(reporter_db, tables.campaign_stats, cabinet_id, stat(YESTERDAY, spent="5"))
        elif late == "reviews":
            await put(reporter_db, tables.feedbacks, cabinet_id, {"id": "1", "created_at": noon, "valuation": 5})
        else:
            day = total(YESTERDAY - timedelta(days=1), WHOLE_CABINET, sales=1, sales_sum=10)
            await put(reporter_db, tables.day_totals, cabinet_id, day)
        assert await run(reporter_db) > 0
        assert [digest.revision for digest in await told(reporter_db)] == [1, 2]
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 0

    async def test_looking_again_reads_the_cabinet_and_no_item(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await run(reporter_db)
        await an_hour_passes(reporter_db)
        with statements(reporter_db) as sent:
            async with reporter_db.transaction() as connection:
                assert not await prepared.prepare(connection, cabinet_id, DAY)
        assert len(sent) == 4, "is it connected, what was it made of, what is it made of, it was looked at"

    async def test_estimates_alone_give_no_other_revision(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await execute(reporter_db, "UPDATE day_totals SET sales = 1, sales_sum = 100")
        await run(reporter_db)
        await put(reporter_db, tables.item_figures, cabinet_id, unit(1))
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 0

    async def test_what_is_later_than_late_is_left(self, reporter_db: Database, cabinet_id: UUID) -> None:
        monday = TODAY - timedelta(days=TODAY.weekday())
        await run(reporter_db, monday)
        sunday = monday - timedelta(days=1)
        late = [total(sunday, nm_id, orders=1, orders_sum=10) for nm_id in (5, WHOLE_CABINET)]
        await put(reporter_db, tables.day_totals, cabinet_id, *late)
        await an_hour_passes(reporter_db)
        await execute(reporter_db, "UPDATE figure_days SET day = day + 7")
        late_days = prepared.LATE_DAYS[DigestKind.WEEK]
        await run(reporter_db, sunday + timedelta(days=late_days + 1))
        assert [digest.revision for digest in await told(reporter_db, DigestKind.WEEK)] == [1]
        await run(reporter_db, sunday + timedelta(days=late_days))
        assert [digest.revision for digest in await told(reporter_db, DigestKind.WEEK)] == [1, 2]

    @pytest.mark.parametrize("down_days", [1, 3, 40])
    async def test_what_ended_while_the_reporter_was_down_is_prepared_once(
        self, reporter_db: Database, down_days: int
    ) -> None:
        await run(reporter_db)
        back = TODAY + timedelta(days=down_days)
        await execute(reporter_db, "UPDATE figure_days SET day = :day", day=back)
        expected = {
            kind: [
                period.now.first
                for period in ended_lately(kind, back, prepared.MISSED[kind])
                if period.now.last >= ended(kind, TODAY).now.last
            ]
            for kind in DigestKind
        }
        assert len(expected[DigestKind.DAY]) == min(down_days + 1, prepared.MISSED[DigestKind.DAY])
        for _ in range(2):
            await run(reporter_db, back)
        for kind, first_days in expected.items():
            digests = await told(reporter_db, kind)
            assert {digest.revision for digest in digests} == {1}
            assert [d.first_day for d in digests if d.first_day >= first_days[0]] == first_days, kind
            assert len({d.first_day for d in digests}) == len(digests)

    async def test_a_new_cabinet_is_told_of_the_last_periods_only(self, reporter_db: Database) -> None:
        assert await run(reporter_db) == len(DigestKind)

    async def test_waits_until_the_day_has_turned(self, reporter_db: Database) -> None:
        await execute(reporter_db, "UPDATE figure_days SET day = :day", day=YESTERDAY)
        await run(reporter_db)
        assert await told(reporter_db) == []

    async def test_waits_while_something_of_the_period_is_to_be_counted(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.stale_cells, cabinet_id, {"nm_id": 1, "day": TODAY})
        await put(reporter_db, tables.stale_cells, cabinet_id, {"nm_id": 1, "day": YESTERDAY})
        await run(reporter_db)
        assert await told(reporter_db) == []
        await execute(reporter_db, "DELETE FROM stale_cells WHERE day = :day", day=YESTERDAY)
        await run(reporter_db)
        assert len(await told(reporter_db)) == 1

    async def test_a_disconnected_cabinet_has_none(self, reporter_db: Database, cabinet_id: UUID) -> None:
        async with reporter_db.transaction() as connection:
            await cabinets.disconnect(connection, cabinet_id, datetime.combine(TODAY, time(), MOSCOW))
        assert await run(reporter_db) == 0
        assert await all_rows(reporter_db, "digests") == []

    async def test_a_cabinet_that_fails_holds_up_no_other(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        others = [uuid4() for _ in range(4)]
        for other in others:
            await turned(reporter_db, other)
        monkeypatch.setattr(job, "CHUNK_CABINETS", 2)
        count = prepared.count

        async def fail(connection: Any, of: UUID, period: Period, **revision: Any) -> DigestPreparedV1:
            if (of, period.kind) == (cabinet_id, DigestKind.DAY):
                raise ValueError("nobody can read this")
            return await count(connection, of, period, **revision)

        monkeypatch.setattr(prepared, "count", fail)
        with capture_logs() as logs:
            assert await run(reporter_db) == 3 * 5 - 1
        (failed,) = [entry for entry in logs if entry["event"] == "figures.set_aside"]
        assert (failed["cabinet_id"], failed["what"]) == (str(cabinet_id), f"day {YESTERDAY}")
        monkeypatch.setattr(prepared, "count", count)
        assert await run(reporter_db) == 0
        await execute(reporter_db, "UPDATE stale_failures SET retry_at = now()")
        assert await run(reporter_db) == 1
        assert await all_rows(reporter_db, "stale_failures") == []

    async def test_it_does_not_wait_for_what_cannot_be_counted(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await put(reporter_db, tables.stale_cells, cabinet_id, {"nm_id": 1, "day": YESTERDAY})
        assert await run(reporter_db) == 2
        failure = {"nm_id": 1, "kind": "cells", "what": "", "failures": 1}
        await put(reporter_db, tables.stale_failures, cabinet_id, failure)
        assert await run(reporter_db) == 1
