"""Sales, prices, tariffs and cards: from WB's answers to the tables and the outbox."""

import re
from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from contracts.model import MOSCOW
from ingestor.resources import RESOURCES
from ingestor.sync import page, run
from ingestor.wb.errors import Unavailable
from ingestor.wb.times import moment
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, connect_cabinet, open_ingestor, published, rows
from wbsim import prices, tariffs
from wbsim.running import Wbsim
from wbsim.shop import Shop

if TYPE_CHECKING:
    import redis.asyncio


@pytest.fixture
async def paging(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim
) -> AsyncIterator[Ingestor]:
    """An ingestor that asks for two rows a page."""
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, sync_batch_size=2) as made:
        yield made


async def a_shop(ingestor: Ingestor, wb: Wbsim, **what: Any) -> Shop:
    sid = await wb.seller(name="goods", **{"products": 5, "history_orders": 0, **what})
    await connect_cabinet(ingestor, wb, sid=sid)
    return wb.world.shops[sid]


async def execute(database: Database, statement: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(statement))


async def sweep(ingestor: Ingestor, resource: str) -> None:
    """Sync as if a day had gone by."""
    await execute(ingestor.database, "UPDATE sync_state SET sweep_at = now()")
    await ingestor.sync(resource)


async def read_up_to_now(ingestor: Ingestor, resource: str) -> None:
    """Sync until a whole run is done: one whose budget is spent goes on in the next."""
    for _ in range(60):
        await ingestor.sync(resource)
        [last] = await rows(ingestor.database, "SELECT outcome FROM sync_logs ORDER BY id DESC LIMIT 1")
        if last["outcome"] == "completed":
            return
    raise AssertionError("the reading does not end")


async def stored(ingestor: Ingestor, resource: str, key: str) -> dict[Any, dict[str, Any]]:
    return {row[key]: row for row in await rows(ingestor.database, f"SELECT * FROM {resource}")}


async def told(ingestor: Ingestor, resource: str) -> list[Any]:
    """Every row told of a resource, in order."""
    events = await published(ingestor.database, f"{resource}.updated.v1")
    return [row for event in events for row in getattr(event.data, RESOURCES[resource].rows)]


def assert_equal(row: dict[str, Any], event: Any) -> None:
    """A stored row and its last event say the same."""
    ours = {"cabinet_id", "content_hash", "gone", "first_seen_at", "changed_at", "sizes"}
    assert {name: getattr(event, name) for name in row.keys() - ours} == {
        name: value for name, value in row.items() if name not in ours
    }


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


def number(figure: str) -> Decimal:
    return Decimal(figure.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace(",", "."))


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


class TestTariffs:
    @pytest.mark.parametrize("resource", ["tariffs_box", "tariffs_return"])
    async def test_every_warehouse_is_stored_and_told(self, ingestor: Ingestor, wb: Wbsim, resource: str) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync(resource)
        truth = {row["warehouseName"]: row for row in await wb.rows(resource, shop.sid)}
        known = await stored(ingestor, resource, "warehouse_name")
        assert known.keys() == truth.keys()
        last = {tariff.warehouse_name: tariff for tariff in await told(ingestor, resource)}
        for name, row in known.items():
            figures = {key: value for key, value in truth[name].items() if re.search(r"(Base|Liter|Expr)$", key)}
            assert figures
            assert {key: row[snake(key)] for key in figures} == {key: number(figures[key]) for key in figures}
            assert row["currency"] == "RUB"
            assert row["read_on"] == datetime.fromtimestamp(wb.world.clock.now(), MOSCOW).date()
            assert_equal(row, last[name])

    async def test_other_coefficients_are_a_change_with_a_history(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_box")
        first = {tariff.warehouse_name: tariff for tariff in await told(ingestor, "tariffs_box")}
        await execute(ingestor.database, "UPDATE tariffs_box SET read_on = '2026-11-01'")
        shop.tariffs.change("Свой склад РФ", tariffs.Coefficients(999, 998, 997, 996), wb.world.clock.now())
        await ingestor.sync("tariffs_box")
        changed = [tariff for tariff in await told(ingestor, "tariffs_box") if tariff.change == "changed"]
        own = next(tariff for tariff in changed if tariff.warehouse_name == "Свой склад РФ")
        assert own.box_delivery_marketplace_coef_expr == 998
        assert own.previous["read_on"] == "2026-11-01"
        before = first["Свой склад РФ"].box_delivery_marketplace_base
        assert Decimal(own.previous["box_delivery_marketplace_base"]) == before
        history = await rows(
            ingestor.database, "SELECT * FROM tariffs_box_history WHERE warehouse_name = 'Свой склад РФ'"
        )
        assert [row["previous"] for row in history] == [own.previous]

    async def test_another_day_alone_is_no_change(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_box")
        await execute(ingestor.database, "UPDATE tariffs_box SET read_on = '2026-11-01', content_hash = 1")
        count = len(await told(ingestor, "tariffs_box"))
        await ingestor.sync("tariffs_box")
        assert len(await told(ingestor, "tariffs_box")) == count
        known = await stored(ingestor, "tariffs_box", "warehouse_name")
        assert {row["revision"] for row in known.values()} == {1}

    async def test_a_warehouse_that_is_listed_no_more_is_gone(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_box")
        monkeypatch.setattr(tariffs, "ABROAD", tariffs.ABROAD[1:])
        await ingestor.sync("tariffs_box")
        [gone] = [tariff for tariff in await told(ingestor, "tariffs_box") if tariff.change == "gone"]
        assert (gone.warehouse_name, gone.geo_name, gone.revision) == ("Минск", "Беларусь", 2)
        assert gone.box_delivery_base is not None

    async def test_every_subject_has_its_rates(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_commission")
        truth = {row["subjectID"]: row for row in await wb.rows("tariffs_commission", shop.sid)}
        known = await stored(ingestor, "tariffs_commission", "subject_id")
        assert known.keys() == truth.keys()
        last = {tariff.subject_id: tariff for tariff in await told(ingestor, "tariffs_commission")}
        for subject_id, row in known.items():
            rates = {name: value for name, value in truth[subject_id].items() if "gvp" in name}
            assert {snake(name): row[snake(name)] for name in rates} == {
                snake(name): Decimal(str(value)) for name, value in rates.items()
            }
            assert row["subject_name"] == truth[subject_id]["subjectName"]
            assert_equal(row, last[subject_id])
        tariffs.step_commission(shop, Random(1), wb.world.clock.now())
        await ingestor.sync("tariffs_commission")
        assert {tariff.change for tariff in await told(ingestor, "tariffs_commission")} == {"new", "changed"}


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

    async def test_a_broken_card_is_asked_for_again_and_is_not_gone(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, products=5)
        await paging.sync("products")
        product, trashed = list(shop.products.values())[:2]
        sound = product.card["dimensions"]
        product.card["dimensions"] = sound | {"length": "wide"}
        shop.edit(product, {"title": "Кружка"}, wb.world.clock.now())
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
        product.card["dimensions"] = sound
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


async def test_what_a_tariff_says_of_days_is_stored_as_days(ingestor: Ingestor, wb: Wbsim) -> None:
    await a_shop(ingestor, wb)
    await ingestor.sync("tariffs_box")
    known = await stored(ingestor, "tariffs_box", "warehouse_name")
    assert all(isinstance(row["dt_till_max"], date) for row in known.values())
