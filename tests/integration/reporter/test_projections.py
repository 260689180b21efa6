"""Cards and stocks are kept as of their newest revision."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from servicekit.db import Database
from support.reporting import NOON, a_stock, dump, products_updated, stocks_updated
from support.rows import all_rows

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]


class TestProducts:
    async def test_a_newer_card_replaces_the_known_one(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(products_updated(cabinet_id, title="Худи"), products_updated(cabinet_id, title="Кофта", revision=2))
        [row] = await all_rows(reporter_db, "products")
        assert (row["cabinet_id"], row["nm_id"], row["revision"], row["title"]) == (cabinet_id, 1, 2, "Кофта")

    async def test_an_older_or_repeated_card_changes_nothing(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        newest = products_updated(cabinet_id, title="Кофта", revision=2)
        await fold(newest)
        before = await dump(reporter_db, "products")
        await fold(newest, products_updated(cabinet_id, title="Худи"), products_updated(cabinet_id, revision=2))
        assert await dump(reporter_db, "products") == before

    async def test_a_card_that_is_listed_no_more_stays_for_its_orders(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        unlisted = products_updated(
            cabinet_id,
            title="Худи",
            revision=2,
            change="changed",
            is_listed=False,
            length="55.00",
            previous={"is_listed": True},
        )
        await fold(products_updated(cabinet_id, title="Худи"), unlisted)
        [row] = await all_rows(reporter_db, "products")
        assert (row["revision"], row["title"]) == (2, "Худи")

    async def test_the_cards_cached_answers_are_stale(self, fold: Fold, cabinet_id: UUID) -> None:
        event = products_updated(cabinet_id, nm_id=5)
        stale = {cache_keys.product(cabinet_id, 5), cache_keys.cabinet_items_tag(cabinet_id)}
        assert await fold(event) == await fold(event) == stale


class TestStocks:
    async def test_of_each_size_and_warehouse_the_newest_counts(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(
            stocks_updated(
                cabinet_id, a_stock(3, revision=2), a_stock(9), a_stock(4, warehouse_id=101), a_stock(5, chrt_id=11)
            ),
            stocks_updated(cabinet_id, a_stock(8), a_stock(6, chrt_id=11, revision=2)),
        )
        found = {(r["chrt_id"], r["warehouse_id"]): r["quantity"] for r in await all_rows(reporter_db, "stocks")}
        assert found == {(10, 100): 3, (10, 101): 4, (11, 100): 6}

    async def test_nothing_is_left_of_what_is_gone(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        gone_at = NOON + timedelta(hours=1)
        await fold(stocks_updated(cabinet_id, a_stock(3)))
        await fold(stocks_updated(cabinet_id, a_stock(3, revision=2, change="gone", observed_at=gone_at)))
        await fold(stocks_updated(cabinet_id, a_stock(3)))
        [row] = await all_rows(reporter_db, "stocks")
        assert (row["quantity"], row["observed_at"]) == (0, gone_at)

    async def test_the_products_cached_stocks_are_stale(self, fold: Fold, cabinet_id: UUID) -> None:
        assert await fold(stocks_updated(cabinet_id, a_stock(3))) == {cache_keys.stocks(cabinet_id, 1)}
