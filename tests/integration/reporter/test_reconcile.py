"""Orders by API against the funnel and finance: what is read, what is stored of it, and when."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
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
from reporter.jobs.purge import purge
from reporter.reconciliation import finance, stale
from reporter.reconciliation import store as reconciliation
from servicekit.db import Database
from servicekit.events import new_event
from structlog.testing import capture_logs
from support.facts import put, put_orders
from support.outbox_rows import published
from support.reporting import NOON, TODAY, an_order, cabinet_disconnected, dump, orders_updated
from support.rows import all_rows, execute, statements

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
Reconcile = Callable[..., Awaitable[int]]

DAY = 10
"""Days ago: settled."""


@pytest.fixture
def reconcile(reporter_db: Database) -> Reconcile:
    """Reconcile what is marked; how many cabinets it was tried for."""

    async def reconcile(*, today: date = TODAY, now: datetime = NOON, after_seconds: float = 0) -> int:
        return await job.reconcile(
            reporter_db, CabinetLocks(), Pace(), lambda: today, lambda: now, after_seconds=after_seconds
        )

    return reconcile


async def mark(database: Database, cabinet_id: UUID, *nm_ids: int, told: bool = True) -> None:
    async with database.transaction() as connection:
        await stale.mark(connection, cabinet_id, nm_ids, told=nm_ids if told else ())


def day(days_ago: int) -> date:
    return TODAY - timedelta(days=days_ago)


def a_funnel(count: int, amount: int, *, days_ago: int = DAY, **fields: Any) -> dict[str, Any]:
    return {"nm_id": 1, "day": day(days_ago), "order_count": count, "order_sum": amount, **fields}


def a_sale(srid: str, *, days_ago: int = DAY, for_pay: int | None = 70, **fields: Any) -> dict[str, Any]:
    return {
        "sale_id": f"S{srid}",
        "srid": srid,
        "nm_id": 1,
        "day": day(days_ago),
        "for_pay": for_pay,
        "is_return": False,
        **fields,
    }


def a_line(
    srid: str | None, *, days_ago: int = DAY, for_pay: int = 70, ordered: int = 20, **fields: Any
) -> dict[str, Any]:
    return {
        "report_id": 1,
        "rrd_id": hash((srid, days_ago)) % 10**9,
        "report_to": day(1),
        "seller_oper_name": "Продажа",
        "srid": srid,
        "nm_id": 1,
        "quantity": 1,
        "for_pay": for_pay,
        "sold_at": NOON - timedelta(days=days_ago),
        "ordered_at": NOON - timedelta(days=ordered),
        "retail_price_with_disc": 100,
        **fields,
    }


async def found(database: Database, against: str = "funnel") -> dict[tuple[int, str], tuple[int, Any]]:
    """What explains what, by days ago and class."""
    return {
        ((TODAY - row["day"]).days, row["class"]): (row["pieces"], row["amount"])
        for row in await all_rows(database, "reconciliation")
        if row["against"] == against
    }


def by_feed(cabinet_id: UUID, srid: str, **fields: Any) -> Any:
    """An order that `supplier/orders` does not give."""
    return an_order(cabinet_id, srid, price=None, days_ago=DAY, status="created", seller_price=Decimal(90), **fields)


class TestFunnel:
    async def test_each_kind_of_difference(self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID) -> None:
        await put_orders(
            reporter_db,
            cabinet_id,
            an_order(cabinet_id, "a", days_ago=DAY),
            by_feed(cabinet_id, "b"),
            an_order(cabinet_id, "c", days_ago=8),
            an_order(cabinet_id, "d", days_ago=6),
            an_order(cabinet_id, "e", days_ago=1),
            an_order(cabinet_id, "f", days_ago=30),
        )
        await put(
            reporter_db,
            tables.funnel_days,
            cabinet_id,
            a_funnel(2, 190),  # the other one is paid in parts
            a_funnel(1, 99, days_ago=8),
            a_funnel(2, 250, days_ago=6),
            a_funnel(0, 0, days_ago=5),
            a_funnel(3, 300, days_ago=1),
            a_funnel(1, 700, days_ago=99),  # before what is looked at
        )
        await mark(reporter_db, cabinet_id, 1)
        assert await reconcile() == 1
        assert await found(reporter_db) == {
            (DAY, "unpaid_or_instalment"): (1, 90),
            (8, "rounding"): (0, -1),
            (6, "unknown"): (1, 150),
            (1, "not_yet_refreshed"): (2, 200),
        }

    async def test_where_the_feed_is_the_only_source_its_orders_are_those_by_api(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put_orders(reporter_db, cabinet_id, by_feed(cabinet_id, "a"), by_feed(cabinet_id, "b"))
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(2, 180))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db) == {}

    async def test_a_sale_without_its_order_was_unpaid(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put_orders(
            reporter_db,
            cabinet_id,
            an_order(cabinet_id, "a", days_ago=DAY),
            an_order(cabinet_id, "b", days_ago=DAY - 1),
        )
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(4, 400))
        await put(
            reporter_db,
            tables.finance_rows,
            cabinet_id,
            *(a_line(srid, days_ago=2, ordered=DAY) for srid in ("a", "b", "c")),
            a_line("c", days_ago=3, ordered=DAY),
            a_line(None, days_ago=2, ordered=DAY),
        )
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db) == {(DAY, "unpaid_or_instalment"): (1, 100), (DAY, "unknown"): (2, 200)}

    async def test_another_currency_and_a_price_that_has_not_come(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put_orders(
            reporter_db,
            cabinet_id,
            an_order(cabinet_id, "a", days_ago=DAY, currency="KGS"),
            an_order(cabinet_id, "b", days_ago=5, price=None, supplier_article="A"),
        )
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(1, 90), a_funnel(1, 90, days_ago=5))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        rows = {(row["day"], row["currency"], row["class"]) for row in await all_rows(reporter_db, "reconciliation")}
        assert rows == {
            (day(DAY), "KGS", "currency"),
            (day(DAY), "RUB", "currency"),
            (day(5), "RUB", "simplified_amount"),
        }

    async def test_a_funnel_that_stopped_is_told_to_its_end_later(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(2, 200))
        await put(reporter_db, tables.sources, cabinet_id, {"resource": "funnel", "as_of": NOON - timedelta(days=DAY)})
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db) == {(DAY, "not_yet_refreshed"): (2, 200)}


class TestFinance:
    async def test_each_kind_of_difference(self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID) -> None:
        await put_orders(reporter_db, cabinet_id, an_order(cabinet_id, "first", days_ago=30))
        await put(
            reporter_db,
            tables.sales,
            cabinet_id,
            a_sale("same"),
            a_sale("back", is_return=True, for_pay=-70),
            a_sale("moved", days_ago=12),
            a_sale("less", days_ago=14, for_pay=80),
            a_sale("open", days_ago=15, for_pay=None),
            a_sale("lost", days_ago=16),
            a_sale("late", days_ago=3),
            a_sale("today", days_ago=0),
            {**a_sale("x", days_ago=20), "srid": None},
        )
        await put(
            reporter_db,
            tables.finance_rows,
            cabinet_id,
            a_line("same"),
            a_line("back", seller_oper_name="Возврат"),
            a_line("moved", days_ago=11),
            a_line("less", days_ago=14),
            a_line("open", days_ago=15),
            a_line("parts", days_ago=17),
            a_line("before us", days_ago=18, ordered=31),
            a_line("same", days_ago=9, seller_oper_name="Логистика", quantity=0),
        )
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db, "finance") == {
            (12, "booked_on_another_day"): (-1, -70),
            (11, "booked_on_another_day"): (1, 70),
            (14, "simplified_amount"): (0, -10),
            (15, "simplified_amount"): (0, 70),
            (16, "unknown"): (-1, -70),
            (17, "unpaid_or_instalment"): (1, 70),
            (20, "unknown"): (-1, -70),
            (3, "not_yet_refreshed"): (-1, -70),
        }

    async def test_before_the_first_report_there_is_nothing_to_compare(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.sales, cabinet_id, a_sale("a"))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await all_rows(reporter_db, "reconciliation") == []


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
        assert counted[0] == counted[1] <= 16

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
