"""Sales: from WB's answers to the table and the outbox."""

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from ingestor.wb.times import moment
from support.ingesting import Ingestor
from support.rows import rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    pass
from support.goods import a_shop, assert_equal, stored, sweep, told


async def read_up_to_now(ingestor: Ingestor, resource: str) -> None:
    """Sync until a whole run is done: one whose budget is spent goes on in the next."""
    for _ in range(60):
        await ingestor.sync(resource)
        [last] = await rows(ingestor.database, "SELECT outcome FROM sync_logs ORDER BY id DESC LIMIT 1")
        if last["outcome"] == "completed":
            return
    raise AssertionError("the reading does not end")


class TestSales:
    @pytest.mark.parametrize("page_rows", [10, 80_000])
    async def test_every_sale_and_return_is_stored_and_told(
        self, ingestor: Ingestor, wb: Wbsim, page_rows: int
    ) -> None:
        await wb.settings(page_rows=page_rows)
        shop = await a_shop(ingestor, wb, history_orders=25, history_days=30)
        await read_up_to_now(ingestor, "sales")
        for order in await wb.place_orders(sid=shop.sid, count=3):
            await wb.change_order(order["srid"], "buyout")
            await wb.change_order(order["srid"], "return")
        await read_up_to_now(ingestor, "sales")
        truth = {row["saleID"]: row for row in await wb.rows("sales", shop.sid)}
        known = await stored(ingestor, "sales", "sale_id")
        assert known.keys() == truth.keys()
        last = {sale.sale_id: sale for sale in await told(ingestor, "sales")}
        for sale_id, row in known.items():
            wb_row = truth[sale_id]
            assert (row["srid"], row["is_return"]) == (wb_row["srid"], sale_id[0] == "R")
            assert row["for_pay"] == (Decimal(str(wb_row["forPay"])) or None)
            assert row["is_return"] is False or (row["total_price"] or -1) < 0
            assert row["sold_at"] == moment(wb_row["date"])
            assert_equal(row, last[sale_id])
        by_order = [row["srid"] for row in known.values()]
        assert len(set(by_order)) < len(by_order), "a sale and its return share an order"

    async def test_money_that_comes_later_is_a_change(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.settings(zero_price_share=1)
        shop = await a_shop(ingestor, wb)
        [order] = await wb.place_orders(sid=shop.sid, count=1)
        await wb.change_order(order["srid"], "buyout")
        await ingestor.sync("sales")
        [sale] = await told(ingestor, "sales")
        assert (sale.change, sale.for_pay) == ("new", None)
        shop.settle(shop.sales[sale.sale_id], wb.world.clock.now())
        await ingestor.sync("sales")
        *_, settled = await told(ingestor, "sales")
        assert (settled.change, settled.revision, settled.previous["for_pay"]) == ("changed", 2, None)
        assert settled.for_pay > 0

    async def test_an_unchanged_page_writes_and_tells_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb, history_orders=15, history_days=20)
        await ingestor.sync("sales")
        before = await rows(ingestor.database, "SELECT sale_id, xmin FROM sales ORDER BY sale_id")
        count = len(await told(ingestor, "sales"))
        await sweep(ingestor, "sales")
        assert await rows(ingestor.database, "SELECT sale_id, xmin FROM sales ORDER BY sale_id") == before
        assert len(await told(ingestor, "sales")) == count > 0

    async def test_a_broken_row_is_kept_and_read_when_it_is_mended(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        for order in await wb.place_orders(sid=shop.sid, count=4):
            await wb.change_order(order["srid"], "buyout")
        await wb.fault("/api/v1/supplier/sales", "broken_row", times=1)
        await ingestor.sync("sales")
        truth = {row["saleID"] for row in await wb.rows("sales", shop.sid)}
        assert (await stored(ingestor, "sales", "sale_id")).keys() <= truth, "no row of a damaged id"
        assert await rows(ingestor.database, "SELECT 1 FROM quarantine WHERE resource = 'sales'")
        await wb.clear_faults()
        await sweep(ingestor, "sales")
        assert (await stored(ingestor, "sales", "sale_id")).keys() == truth
