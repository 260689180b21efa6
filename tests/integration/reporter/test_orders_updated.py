"""Orders become facts, totals and figures; what is stale or repeated changes nothing."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.analytics import AnalyticsUpdatedV1
from contracts.envelope import Origin
from contracts.orders import OrderSnapshot, OrdersReportedV1
from servicekit.db import Database
from support.outbox_rows import published
from support.reporting import TODAY, an_order, dump, orders_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
EVERYTHING = ("order_facts", "day_totals", "analytics_cache", "outbox")


async def totals(database: Database) -> dict[tuple[int, date], tuple[Any, ...]]:
    return {
        (row["nm_id"], row["day"]): (row["orders"], row["orders_sum"], row["cancelled"], row["cancelled_sum"])
        for row in await all_rows(database, "day_totals")
    }


async def figures(database: Database, nm_id: int) -> dict[int, tuple[Any, ...]]:
    return {
        row["period_days"]: (row["orders"], row["orders_sum"], row["cancelled"], row["cancelled_sum"])
        for row in await all_rows(database, "analytics_cache")
        if row["nm_id"] == nm_id
    }


class TestFacts:
    async def test_every_field_of_the_snapshot_is_kept(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        texts: dict[str, Any] = {
            name: f"{name} ё" for name, field in OrderSnapshot.model_fields.items() if field.annotation == str | None
        }
        assert len(texts) == 12
        order = an_order(
            cabinet_id,
            price="1494.5",
            total_price="2490",
            discount_percent=40,
            spp="24.5",
            finished_price="1135.01",
            currency="KGS",
            is_cancel=True,
            cancelled_at=datetime(2026, 11, 20, 15, 40, tzinfo=UTC),
            **texts,
        )
        event = orders_updated(cabinet_id, order, origin=Origin.BACKFILL)
        await fold(event)
        [row] = await all_rows(reporter_db, "order_facts")
        assert OrderSnapshot.model_validate(row) == OrderSnapshot.model_validate(order.model_dump())
        assert (row["cabinet_id"], row["day"], row["updated_at"]) == (cabinet_id, TODAY, event.time)

    async def test_a_repeated_event_changes_nothing(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        event = orders_updated(cabinet_id, an_order(cabinet_id))
        await fold(event)
        before = await dump(reporter_db, *EVERYTHING)
        await fold(event)
        assert await dump(reporter_db, *EVERYTHING) == before

    async def test_the_same_revision_in_another_event_is_not_reported_again(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        before = await dump(reporter_db, *EVERYTHING)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, price="1")))
        assert await dump(reporter_db, *EVERYTHING) == before

    async def test_an_older_revision_does_not_overwrite(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, revision=2, price="200")))
        before = await dump(reporter_db, *EVERYTHING)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, revision=1, price="100")))
        assert await dump(reporter_db, *EVERYTHING) == before

    async def test_of_two_revisions_in_one_batch_the_newer_counts(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        newest, newer = (an_order(cabinet_id, revision=n, price=f"{n}00", change="changed") for n in (3, 2))
        older = an_order(cabinet_id, revision=1, price="100")
        await fold(orders_updated(cabinet_id, newest, newer, older))
        assert [row["price_with_disc"] for row in await all_rows(reporter_db, "order_facts")] == [300]
        [event] = await published(reporter_db, OrdersReportedV1.TYPE)
        # That it was ordered is told by the oldest of them alone.
        assert [reported.order for reported in event.data.orders] == [newest, older]

    async def test_only_what_changed_is_reported(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a")))
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b")))
        _, second = await published(reporter_db, OrdersReportedV1.TYPE)
        assert [reported.order.srid for reported in second.data.orders] == ["b"]

    async def test_orders_are_reported_in_the_order_they_came_in(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        srids = [str(number * 7 % 50) for number in range(50)]
        await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, srid) for srid in srids)))
        [event] = await published(reporter_db, OrdersReportedV1.TYPE)
        assert [reported.order.srid for reported in event.data.orders] == srids

    async def test_cabinets_do_not_mix(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        other = UUID(int=7)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)), orders_updated(other, an_order(other, price="5")))
        assert {(r["cabinet_id"], r["nm_id"], r["orders_sum"]) for r in await all_rows(reporter_db, "day_totals")} == {
            (cabinet_id, 0, 100),
            (cabinet_id, 1, 100),
            (other, 0, 5),
            (other, 1, 5),
        }


class TestDayTotals:
    async def test_products_and_the_cabinet_are_counted(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b", nm_id=2, price="50.25")),
            orders_updated(cabinet_id, an_order(cabinet_id, "c", nm_id=2, price="0.5")),
        )
        await count_stale()
        assert await totals(reporter_db) == {
            (0, TODAY): (3, Decimal("150.75"), 0, 0),
            (1, TODAY): (1, 100, 0, 0),
            (2, TODAY): (2, Decimal("50.75"), 0, 0),
        }

    async def test_a_cancelled_order_stays_counted_and_is_shown_beside(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b", price="40")))
        cancelled = an_order(cabinet_id, "b", price="40", revision=2, is_cancel=True, change="cancelled")
        await fold(orders_updated(cabinet_id, cancelled))
        await count_stale()
        assert await totals(reporter_db) == {(0, TODAY): (2, 140, 1, 40), (1, TODAY): (2, 140, 1, 40)}
        assert await figures(reporter_db, 0) == dict.fromkeys((7, 14, 30, 60, 90), (2, 140, 1, 40))

    async def test_an_unknown_price_adds_nothing_until_it_comes(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b", price=None)))
        await count_stale()
        assert (await totals(reporter_db))[1, TODAY] == (2, 100, 0, 0)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b", price="7", revision=2, change="changed")))
        await count_stale()
        assert (await totals(reporter_db))[1, TODAY] == (2, 107, 0, 0)

    @pytest.mark.parametrize(
        ("ordered_at", "day"),
        [
            (datetime(2026, 11, 19, 20, 59, 59, tzinfo=UTC), date(2026, 11, 19)),
            (datetime(2026, 11, 19, 21, 0, 0, tzinfo=UTC), date(2026, 11, 20)),
        ],
    )
    async def test_the_day_begins_at_midnight_in_moscow(
        self,
        fold: Fold,
        reporter_db: Database,
        cabinet_id: UUID,
        count_stale: CountStale,
        ordered_at: datetime,
        day: date,
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, ordered_at=ordered_at)))
        await count_stale()
        assert set(await totals(reporter_db)) == {(0, day), (1, day)}

    async def test_an_order_that_moves_is_counted_where_it_is_now(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b", nm_id=2)))
        await count_stale()
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a", nm_id=2, days_ago=1, revision=2)))
        await count_stale()
        yesterday = date(2026, 11, 19)
        assert await totals(reporter_db) == {
            (0, TODAY): (1, 100, 0, 0),
            (0, yesterday): (1, 100, 0, 0),
            (2, TODAY): (1, 100, 0, 0),
            (2, yesterday): (1, 100, 0, 0),
        }
        await count_stale()
        assert await figures(reporter_db, 1) == {}
        assert (await figures(reporter_db, 2))[7] == (2, 200, 0, 0)
        told = (await published(reporter_db, AnalyticsUpdatedV1.TYPE))[-1]
        gone = {f.period_days: (f.orders, f.orders_sum) for f in told.data.figures if f.nm_id == 1}
        assert gone == dict.fromkeys((7, 14, 30, 60, 90), (0, 0))


class TestAnalytics:
    async def test_a_period_of_n_days_ends_with_today(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        ages = (-1, 0, 6, 7, 13, 14, 29, 30, 59, 60, 89, 90)
        await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(age), days_ago=age) for age in ages)))
        await count_stale()
        expected = {7: 2, 14: 4, 30: 6, 60: 8, 90: 10}
        for nm_id in (0, 1):
            counted = {days: row[0] for days, row in (await figures(reporter_db, nm_id)).items()}
            assert counted == expected
        assert {row["period_end"] for row in await all_rows(reporter_db, "analytics_cache")} == {TODAY}

    async def test_only_figures_that_changed_are_told(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a")))
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b", days_ago=40, price="3", nm_id=2)))
        await count_stale()
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "c", days_ago=40, price="3")))
        await count_stale()
        event = (await published(reporter_db, AnalyticsUpdatedV1.TYPE))[-1]
        assert [(f.nm_id, f.period_days, f.orders, f.orders_sum, f.period_end) for f in event.data.figures] == [
            (0, 30, 1, 100, TODAY),  # the 30 days before have one more
            (0, 60, 3, 106, TODAY),
            (0, 90, 3, 106, TODAY),
            (1, 30, 1, 100, TODAY),
            (1, 60, 2, 103, TODAY),
            (1, 90, 2, 103, TODAY),
        ]

    async def test_a_change_that_moves_no_figure_is_reported_without_one(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: CountStale
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await count_stale()
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, revision=2, region_name="Казань", change="changed")))
        await count_stale()
        assert len(await published(reporter_db, OrdersReportedV1.TYPE)) == 2
        assert len(await published(reporter_db, AnalyticsUpdatedV1.TYPE)) == 1
