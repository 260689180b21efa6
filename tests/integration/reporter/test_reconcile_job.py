"""When orders by API are reconciled with other reports, in which chunks, and what survives a kill."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1
from contracts.envelope import Origin
from contracts.finance import ChangedFinanceRow, FinanceUpdatedV1
from contracts.funnel import ChangedFunnelDay, FunnelUpdatedV1
from reporter import tables
from reporter.jobs import reconcile as job
from reporter.jobs.purge import purge
from reporter.reconciliation import finance, funnel
from reporter.reconciliation import store as reconciliation
from servicekit.db import Database
from servicekit.events import new_event
from structlog.testing import capture_logs
from support.facts import put, put_orders
from support.outbox_rows import published
from support.reconciling import DAY, Reconcile, a_funnel, found, mark
from support.reporting import NOON, TODAY, an_order, cabinet_disconnected, dump, orders_updated
from support.rows import all_rows, execute, statements

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


class TestWhen:
    async def test_what_is_marked_waits_until_everything_has_come(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await mark(reporter_db, cabinet_id, 0, 1)
        assert await reconcile(after_seconds=3600) == 0
        await execute(reporter_db, "UPDATE stale_reconciliations SET marked_at = now() - interval '1 hour'")
        await mark(reporter_db, cabinet_id, 1)
        assert await reconcile(after_seconds=3600) == 1
        assert await all_rows(reporter_db, "stale_reconciliations") == []

    async def test_orders_that_were_counted_are_reconciled(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(2, 200))
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=DAY), origin=Origin.BACKFILL))
        await count_stale()
        [row] = await all_rows(reporter_db, "stale_reconciliations")
        assert (row["nm_id"], row["is_told"]) == (1, False)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b", days_ago=1)))
        await count_stale()
        [row] = await all_rows(reporter_db, "stale_reconciliations")
        assert row["is_told"]
        await reconcile()
        assert await found(reporter_db) == {(DAY, "unknown"): (1, 100)}

    @pytest.mark.parametrize("origin", [Origin.LIVE, Origin.BACKFILL])
    async def test_items_of_a_funnel_and_of_finance_that_changed_are_marked(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, origin: Origin
    ) -> None:
        days = [ChangedFunnelDay(nm_id=n, day=TODAY, order_count=1, revision=1, change="new") for n in (1, 2)]
        lines = [
            ChangedFinanceRow(report_id=1, rrd_id=n, nm_id=nm_id, revision=1, change="new")
            for n, nm_id in enumerate((2, 3, 0, None))
        ]
        funnel, finance = FunnelUpdatedV1(days=tuple(days)), FinanceUpdatedV1(rows=tuple(lines))
        await fold(*(new_event(data, cabinet_id=cabinet_id, origin=origin) for data in (funnel, finance)))
        marked = {row["nm_id"]: row["is_told"] for row in await all_rows(reporter_db, "stale_reconciliations")}
        assert marked == dict.fromkeys((1, 2, 3), origin is Origin.LIVE)

    async def test_a_day_that_is_not_told_to_its_end_is_looked_at_again_the_next_day(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(2, 200, days_ago=1))
        await mark(reporter_db, cabinet_id, 1)
        assert await reconcile() == 1
        assert await reconcile() == 0
        for days, by in ((1, "not_yet_refreshed"), (2, "unknown")):
            assert await reconcile(today=TODAY + timedelta(days=days)) == 1
            assert await found(reporter_db) == {(1, by): (2, 200)}
        assert await reconcile(today=TODAY + timedelta(days=3)) == 0

    async def test_what_is_left_unknown_is_told_and_resolved_when_it_is_explained(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(1, 100))
        for _ in range(2):
            await mark(reporter_db, cabinet_id, 1, told=False)
            await reconcile()
        [raised] = await published(reporter_db, AlertsRaisedV1.TYPE)
        assert raised.origin is Origin.BACKFILL
        assert [alert.rule for alert in raised.data.alerts] == ["reconciliation_unknown"]
        await put_orders(reporter_db, cabinet_id, an_order(cabinet_id, days_ago=DAY))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        [resolved] = await published(reporter_db, AlertsResolvedV1.TYPE)
        assert (resolved.origin, resolved.data.alerts[0].raised_by) == (Origin.LIVE, "backfill")
        assert await all_rows(reporter_db, "reconciliation") == []


class TestChunks:
    @pytest.fixture
    async def many(self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(job, "CHUNK_ITEMS", 2)
        for nm_id in range(1, 8):
            await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(nm_id, 100 * nm_id, nm_id=nm_id))
        await mark(reporter_db, cabinet_id, *range(1, 8))

    async def test_a_kill_between_leaves_the_rest_to_the_next_process(
        self, reporter_db: Database, reconcile: Reconcile, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write, left = reconciliation.write, 2

        async def crashing(*args: Any) -> bool:
            nonlocal left
            found = await write(*args)
            left -= 1
            if left < 0:
                raise ConnectionError("killed")
            return found

        monkeypatch.setattr(reconciliation, "write", crashing)
        with capture_logs() as logs:
            await reconcile()
        assert [line["event"] for line in logs if line["log_level"] == "error"] == ["reconciliation.failed"]
        assert len(await all_rows(reporter_db, "reconciliation")) == 4
        assert len(await all_rows(reporter_db, "stale_reconciliations")) == 3
        monkeypatch.setattr(reconciliation, "write", write)
        await reconcile()
        assert len(await all_rows(reporter_db, "reconciliation")) == 7
        [alert] = await all_rows(reporter_db, "alerts")
        assert alert["body"]["figures"]["pieces"] == sum(range(1, 8))
        assert len(await published(reporter_db, AlertsRaisedV1.TYPE)) == 1

    async def test_an_item_that_fails_holds_up_no_other_and_is_tried_again(
        self, reporter_db: Database, reconcile: Reconcile, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = funnel.read

        async def failing(connection: Any, of: UUID, nm_ids: Any, *more: Any) -> Any:
            if 2 in nm_ids:
                raise ValueError("odd rows")
            return await read(connection, of, nm_ids, *more)

        async def reconciled() -> set[int]:
            return {row["nm_id"] for row in await all_rows(reporter_db, "reconciliation")}

        monkeypatch.setattr(funnel, "read", failing)
        with capture_logs() as logs:
            await reconcile()
        assert [(line["kind"], line["nm_ids"]) for line in logs if line["log_level"] == "error"] == [
            ("reconciliation", [2])
        ]
        assert await reconciled() == set(range(1, 8)) - {2}
        assert await reconcile() == 0
        monkeypatch.setattr(funnel, "read", read)
        await execute(reporter_db, "UPDATE stale_failures SET retry_at = now()")
        await reconcile()
        assert await reconciled() == set(range(1, 8))
        assert await all_rows(reporter_db, "stale_failures") == []

    async def test_again_is_the_same_as_once(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID, many: None
    ) -> None:
        await reconcile()
        before = await dump(reporter_db, "reconciliation", "alerts", "outbox")
        await mark(reporter_db, cabinet_id, *range(1, 8))
        await reconcile(now=NOON + timedelta(hours=1))
        assert await dump(reporter_db, "reconciliation", "alerts", "outbox") == before

    async def test_the_number_of_statements_does_not_grow(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID, many: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = []
        for items in (1, 7):
            monkeypatch.setattr(job, "CHUNK_ITEMS", items)
            await mark(reporter_db, cabinet_id, *range(1, 8))
            await execute(reporter_db, f"DELETE FROM stale_reconciliations WHERE nm_id > {items}")
            with statements(reporter_db) as sent:
                await reconcile()
            counted.append(len(sent))
        assert counted[0] == counted[1] <= 20

    async def test_what_another_process_reconciled_meanwhile_is_not_overwritten(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An order comes, and another process sees it, after this one has looked."""
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(1, 100), a_funnel(5, 500, days_ago=1))
        await mark(reporter_db, cabinet_id, 1)
        read, others = finance.read, [True]

        async def read_slowly(*args: Any) -> Any:
            parts = await read(*args)
            if others.pop():
                await put_orders(reporter_db, cabinet_id, an_order(cabinet_id, days_ago=DAY))
                others.append(False)
                await reconcile(today=today)
            others.append(False)
            return parts

        monkeypatch.setattr(finance, "read", read_slowly)
        for today in (TODAY, TODAY + timedelta(days=1)):
            await reconcile(today=today)
            assert await found(reporter_db) == {(1, "not_yet_refreshed"): (5, 500)}
            # The next time it is a new day that brings it up, and no mark.
            assert await all_rows(reporter_db, "stale_reconciliations") == []
            await execute(reporter_db, "DELETE FROM order_facts")
            others[:] = [True]

    async def test_what_is_marked_again_meanwhile_stays_marked(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(1, 100))
        await mark(reporter_db, cabinet_id, 1)
        read = finance.read

        async def read_slowly(*args: Any) -> Any:
            await mark(reporter_db, cabinet_id, 1)
            return await read(*args)

        monkeypatch.setattr(finance, "read", read_slowly)
        await reconcile()
        monkeypatch.undo()
        assert len(await all_rows(reporter_db, "stale_reconciliations")) == 1
        assert await found(reporter_db) == {(DAY, "unknown"): (1, 100)}
        assert await reconcile() == 1
        assert await all_rows(reporter_db, "stale_reconciliations") == []

    async def test_a_disconnected_cabinet_is_left_alone_and_holds_up_no_other(
        self, fold: Fold, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID, many: None
    ) -> None:
        other = uuid4()
        await put(reporter_db, tables.funnel_days, other, a_funnel(1, 100))
        await mark(reporter_db, other, 1)
        await fold(cabinet_disconnected(cabinet_id))
        assert await reconcile() == 2
        assert {row["cabinet_id"] for row in await all_rows(reporter_db, "reconciliation")} == {other}
        await purge(reporter_db)
        assert await all_rows(reporter_db, "stale_reconciliations") == []
