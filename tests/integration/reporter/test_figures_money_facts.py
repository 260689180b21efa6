"""Money of bought pieces as finance reported it: of items, of the cabinet, of orders."""

from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.orders import order_id
from reporter.figures.order_money import read_order_money
from reporter.tables import (
    analytics_cache,
    campaign_stats,
    costs,
    finance_rows,
    other_costs,
)
from servicekit.db import Database
from support.counted_money import ago, counted, known, line, ordered, sale, way
from support.facts import put, put_orders
from support.reporting import TODAY, an_order
from support.rows import statements


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
        assert len(sent) == 1
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
