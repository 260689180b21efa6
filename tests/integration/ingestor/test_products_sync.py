"""Cards: from WB's answers to the table and the outbox."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from ingestor.resources import RESOURCES, products
from ingestor.resources.resource import BrokenRow, Row
from ingestor.sync import page, run
from ingestor.wb.errors import Unavailable
from ingestor.wb.times import moment
from support.ingesting import Ingestor
from support.resources import changed
from support.rows import execute, rows
from wbsim.running import Wbsim
from wbsim.shop import Shop

if TYPE_CHECKING:
    pass
from support.goods import a_shop, assert_equal, stored, sweep, told


class TestProducts:
    async def assert_true(self, ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
        truth = {row["nmID"]: row for row in await wb.rows("cards", shop.sid)}
        known = await stored(ingestor, "products", "nm_id")
        assert {nm_id for nm_id, row in known.items() if row["is_listed"]} == truth.keys()
        assert all(row["gone"] is not row["is_listed"] for row in known.values())
        last = {card.nm_id: card for card in await told(ingestor, "products")}
        for nm_id, row in known.items():
            assert_equal(row, last[nm_id])
        for nm_id, wb_row in truth.items():
            row, box = known[nm_id], wb_row["dimensions"]
            assert (row["title"], row["created_at"]) == (wb_row["title"], moment(wb_row["createdAt"]))
            assert [row[side] for side in ("length", "width", "height")] == [
                box[side] or None for side in ("length", "width", "height")
            ]
            assert row["weight_brutto"] == (Decimal(str(box["weightBrutto"])) or None)
            assert (row["need_kiz"], row["dimensions_valid"]) == (wb_row["needKiz"], box["isValid"])

    async def test_a_card_in_the_trash_is_found_by_the_daily_reading_and_may_come_back(
        self, paging: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(paging, wb, products=7)
        await paging.sync("products")
        await self.assert_true(paging, wb, shop)
        product = list(shop.products.values())[1]
        shop.throw_away(product, wb.world.clock.now())
        count = len(await told(paging, "products"))
        await paging.sync("products")
        assert len(await told(paging, "products")) == count, "an ordinary run does not see it"
        await sweep(paging, "products")
        await self.assert_true(paging, wb, shop)
        *_, gone = await told(paging, "products")
        assert (gone.nm_id, gone.change, gone.is_listed, gone.previous) == (
            product.nm_id,
            "changed",
            False,
            {"is_listed": True},
        )
        assert gone.title == product.title
        await sweep(paging, "products")
        assert len(await told(paging, "products")) == count + 1, "told once"
        shop.take_back(product, wb.world.clock.now())
        await paging.sync("products")
        await self.assert_true(paging, wb, shop)
        *_, back = await told(paging, "products")
        assert (back.nm_id, back.is_listed, back.revision) == (product.nm_id, True, 3)

    async def test_an_ordinary_run_reads_only_what_is_new(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, products=9)
        await paging.sync("products")
        before = len(await wb.requests())
        product = list(shop.products.values())[4]
        shop.edit(product, {"title": "Кружка"}, wb.world.clock.now())
        await paging.sync("products")
        assert len(await wb.requests()) - before == 1
        await self.assert_true(paging, wb, shop)

    async def test_a_broken_card_is_asked_for_again_and_is_not_gone(
        self, paging: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = await a_shop(paging, wb, products=5)
        await paging.sync("products")
        product, trashed = list(shop.products.values())[:2]
        shop.edit(product, {"title": "Кружка"}, wb.world.clock.now())

        def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
            if products.key_of(raw)[0] == (product.nm_id,):
                raise BrokenRow("it cannot be read")
            return products.parse(raw, observed_at)

        monkeypatch.setitem(RESOURCES, "products", changed(products.RESOURCE, parse=parse))
        shop.throw_away(trashed, wb.world.clock.now())
        await sweep(paging, "products")
        known = await stored(paging, "products", "nm_id")
        assert known[product.nm_id]["is_listed"], "it is there, though it cannot be read"
        assert not known[trashed.nm_id]["is_listed"], "and does not hide what is gone"
        [state] = await rows(
            paging.database,
            "SELECT sweep_at < now() + interval '6 minutes' AS soon FROM sync_state WHERE resource = 'products'",
        )
        assert state["soon"]
        monkeypatch.setitem(RESOURCES, "products", products.RESOURCE)
        await sweep(paging, "products")
        await self.assert_true(paging, wb, shop)
        assert known[product.nm_id]["title"] != "Кружка"

    async def test_a_reading_of_all_that_is_interrupted_goes_on_and_takes_nothing_for_gone(
        self, paging: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(paging, wb, products=7)
        await paging.sync("products")
        await execute(paging.database, "UPDATE sync_state SET sweep_at = now()")
        taken = 0

        async def take_in(*what: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken == 3:
                raise Unavailable("the third page")
            return await page.take_in(*what)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(run, "page", SimpleNamespace(take_in=take_in, start_over=page.start_over))
            await paging.sync("products")
        [state] = await rows(paging.database, "SELECT cursor, failures FROM sync_state WHERE resource = 'products'")
        assert (state["failures"], state["cursor"]["complete"]) == (1, True)
        await paging.sync("products")
        await self.assert_true(paging, wb, shop)
        assert {card.is_listed for card in await told(paging, "products")} == {True}
