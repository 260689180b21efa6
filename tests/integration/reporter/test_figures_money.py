"""Estimates of the money of a bought piece as they are read from the facts."""

from datetime import timedelta
from decimal import Decimal as D
from uuid import UUID

from reporter.figures.order_money import read_order_money
from reporter.tables import (
    analytics_cache,
    campaign_stats,
    campaigns,
    costs,
    finance_rows,
    item_figures,
    other_costs,
    prices,
    products,
    tariffs_box,
    warehouses,
)
from servicekit.db import Database
from support.counted_money import ago, bought_share, counted, known, ordered, sale
from support.facts import put, put_orders
from support.reporting import TODAY, an_order


async def test_an_estimate_from_all_that_it_needs(reporter_db: Database, cabinet_id: UUID) -> None:
    await known(reporter_db, cabinet_id)
    stat = {"advert_id": 1, "app_type": 1, "nm_id": 1, "day": ago(3), "spent": 100}
    await put(reporter_db, campaign_stats, cabinet_id, stat)
    await put(reporter_db, other_costs, cabinet_id, {"nm_id": 0, "valid_from": ago(9), "amount": D("7.5")})
    [(key, told)] = (await counted(reporter_db, cabinet_id, 1)).items()
    assert key == (1, "RUB")
    assert (told.missing, told.fact, told.fact_units) == ((), None, 0)
    money = told.estimate
    assert (money.price, money.buyer_price, money.spp) == (D(1000), D(760), D(24))
    assert (money.commission_percent, money.commission) == (D(20), D(200))
    # 2 litres: 50 there, without the coefficient of 200 % 25 back; four of five are bought.
    assert (money.delivery, money.delivery_back, money.logistics) == (D(50), D(25), D("68.75"))
    # 100 on 10 orders, of which 8 are bought.
    assert (money.adverts, money.tax, money.cost, money.other) == (D("12.50"), D(60), D(300), D("7.50"))
    assert money.profit == D(1000) - 200 - D("68.75") - D("12.50") - 60 - 300 - D("7.50")


async def test_the_price_is_the_lowest_listed_one_else_that_of_the_newest_order(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    await put_orders(
        reporter_db,
        cabinet_id,
        an_order(cabinet_id, "b", price="1200", days_ago=1),
        an_order(cabinet_id, "c", price="0", days_ago=-1),
    )
    assert (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].estimate.price == D(1000)
    await put(
        reporter_db,
        prices,
        cabinet_id,
        {"nm_id": 1, "size_id": 1, "discounted_price": 1500},
        {"nm_id": 1, "size_id": 2, "discounted_price": 1400},
        {"nm_id": 1, "size_id": 3, "discounted_price": 0},
        {"nm_id": 1, "size_id": 4, "discounted_price": None},
        {"nm_id": 1, "size_id": 5, "discounted_price": 10, "gone": True},
    )
    money = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].estimate
    assert (money.price, money.buyer_price, money.commission) == (D(1400), D(1064), D(280))


async def test_the_sale_model_is_that_of_the_newest_order_and_its_warehouses_weigh_by_orders(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    own = {"warehouse_type": "Склад продавца", "price": None}
    named = {"warehouse_name": "Казань", "box_delivery_marketplace_base": 90, "box_delivery_marketplace_liter": 10}
    await put(reporter_db, tariffs_box, cabinet_id, named)
    await put_orders(
        reporter_db,
        cabinet_id,
        an_order(cabinet_id, "b", warehouse_name="Казань", days_ago=29, **own),
        an_order(cabinet_id, "c", warehouse_name="Казань", days_ago=30, **own),
        *(an_order(cabinet_id, f"d{n}", warehouse_name="Мой", days_ago=n, **own) for n in (1, 2, 3)),
    )
    # The newest order is from Wildberries' warehouse: what the seller has sent does not count.
    money = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].estimate
    assert (money.commission_percent, money.delivery) == (D(20), D(50))
    newest = an_order(cabinet_id, "e", warehouse_name="Мой", is_mp=True, price=None, days_ago=0, warehouse_type="?")
    await put_orders(
        reporter_db, cabinet_id, newest.model_copy(update={"ordered_at": newest.ordered_at + timedelta(hours=1)})
    )
    money = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].estimate
    # Four from where the seller's own tariff holds (35), one from Казань (100).
    assert (money.commission_percent, money.delivery) == (D(25), D(48))
    # No price of its own yet: that and the discount are of the newest order that has them.
    assert (money.price, money.spp) == (D(1000), D(24))


async def test_a_warehouse_of_bulky_goods_has_their_tariff_unless_it_has_its_own(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    bulky = {"warehouse_name": "Свой склад СГТ РФ", "geo_name": "Россия"}
    named = {"warehouse_name": "С тарифом", "geo_name": ""}
    own = {"box_delivery_marketplace_base": 200, "box_delivery_marketplace_liter": 50}
    await put(reporter_db, tariffs_box, cabinet_id, bulky | own)
    await put(reporter_db, tariffs_box, cabinet_id, named | own | {"box_delivery_marketplace_base": 100})
    kinds = [("Большой", 2), ("Обычный", 1), ("С тарифом", 2), ("Двойной", 2), ("Двойной", 1), ("Неизвестный", None)]
    rows = [{"warehouse_id": n, "name": name, "cargo_type": cargo} for n, (name, cargo) in enumerate(kinds)]
    await put(reporter_db, warehouses, cabinet_id, *rows)
    names = ["Большой", "Обычный", "С тарифом", "Двойной", "Неизвестный"]
    orders = [an_order(cabinet_id, name, warehouse_name=name, is_mp=True) for name in names]
    await put_orders(reporter_db, cabinet_id, *orders)
    async with reporter_db.transaction() as connection:
        told = await read_order_money(connection, cabinet_id, [order.order_id for order in orders], TODAY)
    # Of two litres.
    delivery = [told[order.order_id].estimate.delivery for order in orders]
    assert delivery == [D(250), D(35), D(150), D(35), D(35)]


async def test_without_its_own_buyout_share_the_cabinets_in_whole_percent(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, item_figures, cabinet_id, bought_share("49.6", 0))
    await put(reporter_db, products, cabinet_id, {"nm_id": 2, "subject_id": 5, "length": 1, "width": 1, "height": 1})
    await put(reporter_db, analytics_cache, cabinet_id, ordered(2))
    await put_orders(
        reporter_db,
        cabinet_id,
        an_order(cabinet_id, "b", nm_id=2, warehouse_name="Коледино", warehouse_type="Склад WB"),
    )
    told = await counted(reporter_db, cabinet_id, 1, 2)
    assert told[2, "RUB"].estimate.logistics == (D(40) * 100 + 20 * 50) / 50
    assert told[1, "RUB"].estimate.logistics == D("68.75")
    assert "buyout" not in told[2, "RUB"].missing


async def test_what_is_not_known_is_named(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(reporter_db, prices, cabinet_id, {"nm_id": 1, "size_id": 1, "discounted_price": 1500})
    told = await counted(reporter_db, cabinet_id, 1, 2)
    assert told[1, "RUB"].missing == ("commission", "dimensions", "tariff", "buyout", "tax", "cost")
    assert list(told) == [(1, "RUB")]


async def test_a_name_that_two_countries_share_with_different_figures_has_no_tariff(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    same = {"warehouse_name": "Коледино", "box_delivery_base": 40, "box_delivery_liter": 10}
    await put(reporter_db, tariffs_box, cabinet_id, {**same, "geo_name": "A", "box_delivery_coef_expr": 200})
    assert (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].missing == ()
    await put(reporter_db, tariffs_box, cabinet_id, {**same, "geo_name": "B", "box_delivery_coef_expr": 100})
    assert (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].missing == ("tariff",)
    await put(reporter_db, tariffs_box, cabinet_id, {**same, "geo_name": "C", "box_delivery_coef_expr": 100})
    assert (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].missing == ("tariff",)


async def test_what_was_entered_counts_from_its_day_until_the_next_and_not_once_taken_back(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    await put(
        reporter_db,
        costs,
        cabinet_id,
        {"nm_id": 1, "valid_from": ago(1), "cost": 350},
        {"nm_id": 1, "valid_from": ago(0), "cost": 1, "gone": True},
        {"nm_id": 1, "valid_from": ago(-1), "cost": 2},
    )
    await put(
        reporter_db,
        other_costs,
        cabinet_id,
        {"nm_id": 0, "valid_from": ago(0), "amount": 5},
        {"nm_id": 1, "valid_from": ago(50), "amount": 9},
    )
    money = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].estimate
    assert (money.cost, money.other) == (D(350), D(9))
    await put(reporter_db, costs, cabinet_id, {"nm_id": 1, "valid_from": ago(2), "cost": 9})
    assert (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].estimate.cost == D(350)


async def test_a_cost_in_another_currency_is_no_cost(reporter_db: Database, cabinet_id: UUID) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, costs, cabinet_id, {"nm_id": 1, "valid_from": ago(1), "cost": 350, "currency": "KZT"})
    await put(reporter_db, other_costs, cabinet_id, {"nm_id": 1, "valid_from": ago(1), "amount": 3, "currency": "KZT"})
    told = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"]
    assert (told.missing, told.estimate.other) == (("cost",), None)


async def test_each_currency_by_itself(reporter_db: Database, cabinet_id: UUID) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, campaigns, cabinet_id, {"advert_id": 1, "currency": "KZT"})
    await put(
        reporter_db,
        campaign_stats,
        cabinet_id,
        {"advert_id": 1, "app_type": 1, "nm_id": 1, "day": ago(3), "spent": 4000},
    )
    await put(reporter_db, analytics_cache, cabinet_id, ordered(currency="KZT"), ordered(days=30, currency="KZT"))
    await put_orders(reporter_db, cabinet_id, an_order(cabinet_id, "k", price="6000", currency="KZT", days_ago=2))
    await put(reporter_db, finance_rows, cabinet_id, sale(currency="BYN"))
    told = await counted(reporter_db, cabinet_id, 1)
    assert list(told) == [(1, "BYN"), (1, "KZT"), (1, "RUB")]
    assert (told[1, "KZT"].estimate.price, told[1, "KZT"].estimate.adverts) == (D(6000), D(500))
    assert told[1, "RUB"].estimate.adverts is None
    assert (told[1, "BYN"].estimate.price, told[1, "BYN"].fact_units, told[1, "RUB"].fact) == (None, 1, None)
