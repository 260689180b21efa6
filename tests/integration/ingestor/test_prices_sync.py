"""Prices: from WB's answers to the table and the outbox."""

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from support.ingesting import Ingestor
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim
from wbsim.sections import prices
from wbsim.shop import Shop

if TYPE_CHECKING:
    pass
from support.goods import a_shop, assert_equal, stored, told


class TestPrices:
    async def assert_true(self, ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
        truth = {size["sizeID"]: good | size for good in await wb.rows("prices", shop.sid) for size in good["sizes"]}
        known = {key: row for key, row in (await stored(ingestor, "prices", "size_id")).items() if not row["gone"]}
        assert known.keys() == truth.keys()
        last = {price.size_id: price for price in await told(ingestor, "prices")}
        for size_id, row in known.items():
            wb_row = truth[size_id]
            assert (row["nm_id"], row["price"]) == (wb_row["nmID"], wb_row["price"])
            assert row["discounted_price"] == Decimal(str(wb_row["discountedPrice"]))
            assert row["club_discounted_price"] == Decimal(str(wb_row["clubDiscountedPrice"]))
            assert (row["discount"], row["club_discount"]) == (wb_row["discount"], wb_row["clubDiscount"])
            assert_equal(row, last[size_id])

    async def test_all_sizes_of_many_pages_are_stored_and_told_once(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, products=7)
        await paging.sync("prices")
        await self.assert_true(paging, wb, shop)
        assert len(await told(paging, "prices")) == sum(len(product.sizes) for product in shop.products.values())
        assert {event.origin for event in await published(paging.database, "prices.updated.v1")} == {"backfill"}
        await paging.sync("prices")
        assert {price.change for price in await told(paging, "prices")} == {"new"}, "an unchanged price is not told"

    async def test_a_changed_price_is_told_and_its_history_kept(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb)
        await paging.sync("prices")
        product = next(iter(shop.products.values()))
        earlier, product.price = product.price, product.price + 100
        await paging.sync("prices")
        await self.assert_true(paging, wb, shop)
        changed = [price for price in await told(paging, "prices") if price.change == "changed"]
        assert {price.size_id for price in changed} == {size.chrt_id for size in product.sizes}
        assert {price.previous["price"] for price in changed} == {f"{earlier}.00"}
        history = await rows(paging.database, "SELECT * FROM prices_history")
        assert {(row["size_id"], row["revision"]) for row in history} == {(size.chrt_id, 2) for size in product.sizes}
        assert {row["previous"]["price"] for row in history} == {f"{earlier}.00"}

    async def test_any_changes_end_in_the_truth(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb)
        rng = Random(3)
        for _ in range(4):
            for _ in range(3):
                prices.step(shop, rng, wb.world.clock.now())
            await paging.sync("prices")
            await self.assert_true(paging, wb, shop)

    async def test_sizes_of_a_card_in_the_trash_are_gone_and_may_come_back(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, products=6)
        await paging.sync("prices")
        product = list(shop.products.values())[2]
        shop.throw_away(product, wb.world.clock.now())
        await paging.sync("prices")
        await self.assert_true(paging, wb, shop)
        gone = [price for price in await told(paging, "prices") if price.change == "gone"]
        assert {price.size_id for price in gone} == {size.chrt_id for size in product.sizes}
        assert {price.price for price in gone} == {product.price}, "the last price is kept"
        shop.take_back(product, wb.world.clock.now())
        await paging.sync("prices")
        await self.assert_true(paging, wb, shop)
        last = {price.size_id: price for price in await told(paging, "prices")}
        assert {(last[size.chrt_id].change, last[size.chrt_id].revision) for size in product.sizes} == {("changed", 3)}

    async def test_a_broken_good_neither_stops_the_others_nor_is_gone(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb)
        await paging.sync("prices")
        await wb.fault("/api/v2/list/goods/filter", "broken_row", times=1)
        await paging.sync("prices")
        assert await rows(paging.database, "SELECT 1 FROM quarantine WHERE resource = 'prices'")
        assert {price.change for price in await told(paging, "prices")} == {"new"}
        await wb.clear_faults()
        await paging.sync("prices")
        await self.assert_true(paging, wb, shop)
