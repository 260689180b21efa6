"""When orders by API are reconciled with other reports, in which chunks, and what survives a kill."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1
from contracts.envelope import Origin
from contracts.finance import ChangedFinanceRow, FinanceUpdatedV1
from contracts.funnel import ChangedFunnelDay, FunnelUpdatedV1
from reporter import tables
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.pacing import Pace
from reporter.jobs import reconcile as job
from reporter.jobs.look_again import look_again
from reporter.jobs.purge import purge
from reporter.reconciliation import finance, funnel
from reporter.reconciliation import store as reconciliation
from servicekit.db import Database
from servicekit.events import new_event
from structlog.testing import capture_logs
from support.facts import put, put_orders
from support.outbox_rows import published
from support.reconciling import DAY, Reconcile, a_funnel, a_line, day, found, mark
from support.reporting import NOON, TODAY, an_order, cabinet_disconnected, dump, orders_updated
from support.rows import all_rows, execute, statements
from support.stored_alerts import steps, told

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


def later(days: int) -> datetime:
    return NOON + timedelta(days=days)


class TestReports:
    """A finance report is told of once its lines have come and were compared."""

    async def put_report(self, database: Database, cabinet_id: UUID) -> None:
        def line(n: int, days_ago: int = DAY, **fields: Any) -> dict[str, Any]:
            week = {"report_from": day(days_ago), "report_to": day(days_ago - 6), "report_id": 1}
            return {**a_line(f"s{n}", days_ago=days_ago), **week, "rrd_id": n, **fields}

        returned: dict[str, Any] = {"seller_oper_name": "Возврат", "doc_type_name": "Возврат"}
        fine: dict[str, Any] = {
            "seller_oper_name": "Штраф",
            "nm_id": None,
            "quantity": 0,
            "for_pay": 0,
            "retail_price_with_disc": 0,
        }
        await put(
            database,
            tables.finance_rows,
            cabinet_id,
            line(1, for_pay=700, retail_price_with_disc=1000),
            line(2, for_pay=700, retail_price_with_disc=1000, delivery_service=90),
            line(3, for_pay=600, retail_price_with_disc=900, **returned),
            line(4, **fine, penalty=50, paid_storage=25, deduction=10),
            line(5, report_id=2, report_kind=2, for_pay=100),
            line(6, days_ago=DAY + 7, report_id=3),
        )
        nothing = {
            column.name: 0
            for column in tables.day_totals.columns
            if column.name.startswith(("orders", "cancelled", "sales", "returns", "for_pay"))
        }
        totals = {**nothing, "nm_id": 0, "day": day(DAY)}
        await put(
            database,
            tables.day_totals,
            cabinet_id,
            {**totals, "for_pay": 1500, "returns_for_pay": 600},
            {**totals, "for_pay": 9, "day": day(DAY + 1)},
            {**totals, "for_pay": 9, "nm_id": 1},
        )
        await mark(database, cabinet_id, 1)

    async def reports(self, database: Database) -> dict[int | None, tuple[str, Any]]:
        alerts = [alert for _, alert in await told(database) if alert.rule == "finance_report"]
        return {alert.report_id: (alert.raised_by, alert.figures) for alert in alerts}

    async def test_what_it_pays_is_set_against_what_sales_had_promised(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await self.put_report(reporter_db, cabinet_id)
        await reconcile()
        reports = await self.reports(reporter_db)
        assert reports.keys() == {1, 2}
        figures = reports[1][1]
        assert (figures["period_from"], figures["period_to"]) == (f"{day(DAY)}", f"{day(DAY - 6)}")
        amounts = {name: Decimal(value) for name, value in figures.items() if name not in ("period_from", "period_to")}
        # The week pays 800 for goods, and 100 by its other report; sales had promised 900.
        assert amounts == {
            **{"to_be_paid": 625, "pieces": 1, "sales": 1100, "payout": 800, "logistics": 90, "storage": 25},
            **{"acceptance": 0, "penalties": 60, "expected": 900, "difference": 0},
            "unexplained": sum(row["amount"] for row in await all_rows(reporter_db, "reconciliation")),
        }
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await steps(reporter_db, "finance_report") == ["raised", "raised"]

    async def test_it_waits_for_its_last_lines_and_is_news_until_the_next_one(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await self.put_report(reporter_db, cabinet_id)
        await put(reporter_db, tables.sources, cabinet_id, {"resource": "finance", "as_of": NOON})
        await put(reporter_db, tables.figure_days, cabinet_id, {"after_nm_id": 0})
        await reconcile(now=NOON + timedelta(minutes=14))
        assert await self.reports(reporter_db) == {}
        await mark(reporter_db, cabinet_id, 1, told=False)
        await reconcile(now=NOON + timedelta(minutes=15))
        assert {by for by, _ in (await self.reports(reporter_db)).values()} == {"backfill"}
        for days, resolved in ((5, 0), (6, 1), (7, 1)):
            await look_again(reporter_db, CabinetLocks(), Pace(), partial(later, days))
            assert (await steps(reporter_db, "finance_report")).count("resolved") == 2 * resolved


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
        assert counted[0] == counted[1] <= 24

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
