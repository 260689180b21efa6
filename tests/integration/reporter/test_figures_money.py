"""Money of a bought piece as it is read from the facts: estimate and fact of items, of the cabinet, and of orders."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.items import UnitEconomics
from contracts.orders import order_id
from reporter.figures.order_money import read_order_money
from reporter.figures.sections.money import count
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
    tariffs_commission,
    tax,
    warehouses,
)
from servicekit.db import Database
from support.facts import put, put_orders
from support.reporting import TODAY, an_order
from support.rows import statements


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def ordered(nm_id: int = 1, *, days: int = 90, orders: int = 10, currency: str = "RUB") -> dict[str, Any]:
    return {"nm_id": nm_id, "period_days": days, "period_end": TODAY, "orders": orders, "currency": currency}


def bought_share(share: str | None, nm_id: int = 1) -> dict[str, Any]:
    periods = [{"period_days": 7, "mature_share": "1"}, {"period_days": 30, "mature_share": share}]
    return {"nm_id": nm_id, "section": "buyout", "currency": "", "as_of": TODAY, "body": {"periods": periods}}


_number = iter(range(1, 10_000))


def line(kind: str, days_ago: int = 0, **fields: Any) -> dict[str, Any]:
    """A line of item 1."""
    values = {"nm_id": 1, "report_id": 1, "rrd_id": next(_number), "seller_oper_name": kind, "quantity": 0}
    return {**values, "rr_date": ago(days_ago), **fields}


def sale(days_ago: int = 0, **fields: Any) -> dict[str, Any]:
    money = {"retail_price_with_disc": 1000, "retail_amount": 760, "for_pay": 700, "quantity": 1}
    return line("Продажа", days_ago, **{"doc_type_name": "Продажа", **money, **fields})


def way(there: bool, amount: str, days_ago: int = 0, **fields: Any) -> dict[str, Any]:
    counted = {"delivery_amount": int(there), "return_amount": int(not there)}
    return line("Логистика", days_ago, delivery_service=D(amount), **counted, **fields)


async def counted(database: Database, cabinet_id: UUID, *nm_ids: int) -> dict[tuple[int, str], UnitEconomics]:
    async with database.transaction() as connection:
        with statements(database) as sent:
            told = await count(connection, cabinet_id, nm_ids, TODAY)
        assert len(sent) <= STATEMENTS
        return told


STATEMENTS = 7
"""For any number of items."""


async def known(database: Database, cabinet_id: UUID) -> None:
    """Everything an estimate of item 1 needs, which is sold from Коледино."""
    card = {"nm_id": 1, "subject_id": 5, "length": 20, "width": 10, "height": 10}
    await put(database, products, cabinet_id, card)
    rates = {"subject_id": 5, "paid_storage_kgvp": 20, "kgvp_marketplace": 25}
    await put(database, tariffs_commission, cabinet_id, rates)
    row = {"warehouse_name": "Коледино", "box_delivery_base": 40, "box_delivery_liter": 10}
    own = {"warehouse_name": "Свой склад РФ", "box_delivery_marketplace_base": 30, "box_delivery_marketplace_liter": 5}
    await put(database, tariffs_box, cabinet_id, {**row, "box_delivery_coef_expr": 200}, own)
    await put(database, costs, cabinet_id, {"nm_id": 1, "valid_from": ago(40), "cost": 300})
    await put(database, tax, cabinet_id, {"valid_from": ago(40), "percent": 6, "base": "income"})
    await put(database, item_figures, cabinet_id, bought_share("80"))
    await put(database, analytics_cache, cabinet_id, ordered(), ordered(days=30))
    await put_orders(
        database,
        cabinet_id,
        an_order(cabinet_id, "a", price="1000", spp=24, warehouse_name="Коледино", warehouse_type="Склад WB"),
    )


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


async def test_a_fact_is_what_finance_says_of_the_last_thirty_reported_days(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, costs, cabinet_id, {"nm_id": 1, "valid_from": ago(15), "cost": 340})
    await put(reporter_db, other_costs, cabinet_id, {"nm_id": 0, "valid_from": ago(99), "amount": 10})
    await put(reporter_db, other_costs, cabinet_id, {"nm_id": 1, "valid_from": ago(15), "amount": 20})
    stat = {"advert_id": 1, "app_type": 1, "nm_id": 1, "spent": 90}
    await put(
        reporter_db,
        campaign_stats,
        cabinet_id,
        *({**stat, "day": ago(days)} for days in (9, 10, 39, 40)),
        {**stat, "day": ago(12), "nm_id": 2},
    )
    await put(
        reporter_db,
        finance_rows,
        cabinet_id,
        sale(10),
        sale(20),
        sale(39, retail_price_with_disc=1200, retail_amount=1000, for_pay=900),
        sale(12),
        line(
            "Возврат",
            11,
            doc_type_name="Возврат",
            quantity=1,
            retail_price_with_disc=1000,
            retail_amount=760,
            for_pay=700,
        ),
        sale(40, for_pay=1),
        sale(-1, for_pay=1),
        sale(10, for_pay=1, rr_date=None),
        way(True, "50", 10),
        way(True, "70", 20),
        way(False, "30", 11, doc_type_name="Возврат"),
        line("Хранение", 10, paid_storage=6),
        line("Обработка товара", 10, paid_acceptance=9),
        line("Штраф", 10, penalty=12),
        line("Удержание", 10, deduction=3),
        line("Коррекция", 10, additional_payment=30),
        line("Лояльность", 10, cashback_amount=5, cashback_commission_change=1, cashback_discount=9),
        line("Хранение", 10, paid_storage=500, nm_id=None),
        sale(10, nm_id=2),
    )
    told = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"]
    assert (told.fact_units, told.fact_from, told.fact_to) == (3, ago(39), ago(10))
    money = told.fact
    assert money is not None
    assert (money.price, money.buyer_price) == (D("1066.67"), D("840.00"))
    # 700 + 700 + 900 + 700 − 700, with 30 and 9 on top.
    assert (money.payout, money.commission) == (D("779.67"), D("287.00"))
    assert (money.delivery, money.delivery_back, money.logistics) == (D(60), D(30), D(50))
    assert (money.storage, money.acceptance, money.penalties) == (D(2), D(3), D(7))
    # Two of 300, and two sold less one given back of 340; other costs likewise of 10 and 20. Adverts of these 30 days.
    assert (money.cost, money.other, money.adverts) == (D("313.33"), D("13.33"), D(60))
    assert money.tax == D(64)
    assert told.profit_difference is not None
    assert money.profit is not None
    assert told.estimate.profit is not None
    assert told.profit_difference == money.profit - told.estimate.profit
    # By the tariffs; back as finance has charged it.
    assert (told.estimate.delivery, told.estimate.delivery_back) == (D(50), D(30))


async def test_where_no_tariff_is_told_the_way_costs_what_finance_has_charged(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await known(reporter_db, cabinet_id)
    await put_orders(
        reporter_db,
        cabinet_id,
        an_order(cabinet_id, "b", nm_id=2, warehouse_name="Склад WB РФ", warehouse_type="Склад WB"),
    )
    await put(reporter_db, analytics_cache, cabinet_id, ordered(2))
    lines = [sale(1, nm_id=2), way(True, "61.50", 1, nm_id=2), way(True, "70.50", 1, nm_id=2)]
    await put(reporter_db, finance_rows, cabinet_id, *lines)
    told = (await counted(reporter_db, cabinet_id, 2))[2, "RUB"]
    assert (told.estimate.delivery, told.estimate.delivery_back) == (D(66), D(66))
    assert "tariff" not in told.missing


async def test_more_given_back_than_sold_has_no_bought_piece(reporter_db: Database, cabinet_id: UUID) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, finance_rows, cabinet_id, line("Возврат", doc_type_name="Возврат", quantity=1, for_pay=700))
    told = await counted(reporter_db, cabinet_id, 0, 1)
    assert (told[1, "RUB"].fact, told[1, "RUB"].fact_units) == (None, 0)
    assert (0, "RUB") not in told


async def test_the_cabinet_has_what_names_no_item_and_no_estimate(reporter_db: Database, cabinet_id: UUID) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, costs, cabinet_id, {"nm_id": 2, "valid_from": ago(40), "cost": 100})
    await put(
        reporter_db,
        campaign_stats,
        cabinet_id,
        *({"advert_id": 1, "app_type": 1, "nm_id": nm_id, "day": ago(3), "spent": 80} for nm_id in (1, 2)),
    )
    await put(
        reporter_db,
        finance_rows,
        cabinet_id,
        sale(1),
        sale(2, nm_id=2),
        line("Хранение", 1, nm_id=None, paid_storage=500),
        line("Удержание", 0, nm_id=None, deduction=100),
    )
    told = await counted(reporter_db, cabinet_id, 0, 1, 2)
    whole = told[0, "RUB"]
    assert (whole.estimate.price, whole.missing, whole.fact_units, whole.fact_to) == (None, (), 2, ago(0))
    assert whole.fact is not None
    assert (whole.fact.storage, whole.fact.penalties, whole.fact.cost) == (D(250), D(50), D(200))
    assert (whole.fact.adverts, whole.fact.tax) == (D(80), D(60))
    assert whole.fact.profit == D(700) - 250 - 50 - 200 - 80 - 60
    # Without the cost of one item that was sold the cabinet's is not known.
    await put(reporter_db, finance_rows, cabinet_id, sale(3, nm_id=3))
    whole = (await counted(reporter_db, cabinet_id, 0))[0, "RUB"]
    assert whole.fact is not None
    assert (whole.fact.cost, whole.fact.profit) == (None, None)


async def test_money_of_orders(reporter_db: Database, cabinet_id: UUID) -> None:
    await known(reporter_db, cabinet_id)
    await put(reporter_db, costs, cabinet_id, {"nm_id": 1, "valid_from": ago(2), "cost": 350})
    at_wb: dict[str, Any] = {"warehouse_name": "Коледино", "warehouse_type": "Склад WB"}
    await put_orders(
        reporter_db,
        cabinet_id,
        an_order(cabinet_id, "old", price="900", spp=10, finished_price=D(805), days_ago=5, **at_wb),
        an_order(cabinet_id, "feed", price="0", seller_price=D(950), is_mp=True),
        an_order(cabinet_id, "refused", is_cancel=True, days_ago=1, **at_wb),
        an_order(cabinet_id, "by the feed", status="cancel", **at_wb),
        an_order(cabinet_id, "on its way", **at_wb),
        an_order(cabinet_id, "elsewhere", nm_id=2, currency="KZT", price="7000"),
    )
    await put(
        reporter_db,
        finance_rows,
        cabinet_id,
        sale(1, srid="old", for_pay=650, retail_price_with_disc=900),
        way(True, "44", 1, srid="old"),
        way(True, "44", 1, srid="refused"),
        way(False, "22", 1, srid="refused"),
        way(True, "33", 1, srid="on its way"),
        sale(1, srid="elsewhere", nm_id=2),
    )
    srids = ("a", "old", "feed", "refused", "by the feed", "on its way", "elsewhere")
    ids = {srid: order_id(cabinet_id, srid) for srid in srids}
    async with reporter_db.transaction() as connection:
        with statements(reporter_db) as sent:
            told = await read_order_money(connection, cabinet_id, [*ids.values(), cabinet_id], TODAY)
        assert len(sent) == 3
        assert await read_order_money(connection, cabinet_id, [], TODAY) == {}
    assert told.keys() == set(ids.values())
    old = told[ids["old"]]
    assert (old.estimate.price, old.estimate.buyer_price, old.estimate.cost) == (D(900), D(805), D(300))
    assert old.fact is not None
    assert (old.fact_units, old.fact.payout, old.fact.logistics, old.fact.cost) == (1, D(650), D(44), D(300))
    assert old.fact.profit == D(650) - 44 - 300 - 54
    feed = told[ids["feed"]]
    assert (feed.estimate.price, feed.estimate.commission_percent, feed.estimate.delivery) == (D(950), D(25), D(35))
    assert (feed.estimate.cost, feed.estimate.spp, feed.estimate.buyer_price) == (D(350), None, None)
    refused = told[ids["refused"]]
    assert refused.fact is not None
    assert (refused.fact_units, refused.fact.profit) == (0, D(-66))
    assert [told[ids[srid]].fact for srid in ("a", "feed", "by the feed", "on its way", "elsewhere")] == [None] * 5
