"""Regions as they are read from the orders."""

from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.items import Region, Regions
from reporter.figures.sections.regions import count
from reporter.tables import offices, tariffs_box, warehouses
from servicekit.db import Database
from support.facts import put, put_orders
from support.reporting import TODAY, an_order
from support.rows import statements

HERE, THERE = "Центральный федеральный округ", "Приволжский федеральный округ"


async def stored(database: Database, cabinet_id: UUID, *orders: dict[str, Any]) -> None:
    made = [an_order(cabinet_id, str(number), **order) for number, order in enumerate(orders)]
    await put_orders(database, cabinet_id, *made)


async def counted(database: Database, cabinet_id: UUID, *nm_ids: int) -> dict[tuple[int, str], Regions]:
    async with database.transaction() as connection:
        with statements(database) as sent:
            told = await count(connection, cabinet_id, nm_ids, TODAY)
        assert len(sent) == 1
        return told


async def test_orders_of_thirty_days_by_where_they_go(reporter_db: Database, cabinet_id: UUID) -> None:
    await stored(
        reporter_db,
        cabinet_id,
        {"oblast_okrug_name": HERE, "region_name": "Москва", "price": "10"},
        {"oblast_okrug_name": HERE, "region_name": "Москва", "price": None, "is_cancel": True},
        {"destination_district": "Приволжский", "price": "30", "days_ago": 29},
        {"oblast_okrug_name": THERE, "destination_district": "Уральский", "region_name": " ", "price": "5"},
        {"country_name": "Беларусь", "region_name": "Минск", "price": "7"},
        {"country_name": "Россия", "price": "1"},
        {"oblast_okrug_name": HERE, "region_name": "Москва", "days_ago": 30},
        {"oblast_okrug_name": HERE, "region_name": "Москва", "days_ago": -1},
        {"nm_id": 2, "oblast_okrug_name": HERE, "region_name": "Тула", "price": "4"},
        {"nm_id": 2, "country_name": "Кыргызстан", "region_name": "Бишкек", "price": "90", "currency": "KGS"},
    )
    told = await counted(reporter_db, cabinet_id, 0, 1, 2, 3)
    assert sorted(told) == [(0, "KGS"), (0, "RUB"), (1, "RUB"), (2, "KGS"), (2, "RUB")]
    assert told[1, "RUB"] == Regions(
        regions=(
            Region(okrug="Приволжский", region=None, orders=2, orders_sum=D("35.00"), share=D("33.33")),
            Region(okrug="Центральный", region="Москва", orders=2, orders_sum=D("10.00"), share=D("33.33")),
            Region(okrug="Беларусь", region="Минск", orders=1, orders_sum=D("7.00"), share=D("16.67")),
            Region(okrug=None, region=None, orders=1, orders_sum=D("1.00"), share=D("16.67")),
        ),
        local_share=None,
    )
    assert sum(region.orders for region in told[0, "RUB"].regions) == 7
    assert sum(region.orders_sum for region in told[0, "RUB"].regions) == D(57)


async def test_orders_from_the_buyers_own_district_of_those_of_which_both_ends_are_known(
    reporter_db: Database, cabinet_id: UUID
) -> None:
    await put(
        reporter_db,
        offices,
        cabinet_id,
        {"office_id": 15, "name": "Коледино", "federal_district": "Центральный"},
        {"office_id": 2, "name": "Казань", "federal_district": "Приволжский"},
        {"office_id": 3, "name": "Астана", "federal_district": None},
        {"office_id": 4, "name": "Новый", "federal_district": "Уральский"},
    )
    await put(reporter_db, warehouses, cabinet_id, {"warehouse_id": 7, "name": "Мой склад", "office_id": 2})
    await put(
        reporter_db,
        tariffs_box,
        cabinet_id,
        {"warehouse_name": "Тула", "geo_name": HERE},
        {"warehouse_name": "Коледино", "geo_name": HERE},
        {"warehouse_name": "Новый", "geo_name": HERE},
        {"warehouse_name": "Склад WB РФ", "geo_name": "Россия"},
    )
    await stored(
        reporter_db,
        cabinet_id,
        {"warehouse_name": "Коледино", "oblast_okrug_name": HERE},
        {"warehouse_name": "Тула", "oblast_okrug_name": HERE},
        {"warehouse_name": "Мой склад", "destination_district": "Приволжский"},
        {"warehouse_name": "Казань", "oblast_okrug_name": HERE},
        # Nothing is known of where these come from, or go to: sources that differ are as good as none.
        {"warehouse_name": "Новый", "oblast_okrug_name": HERE},
        {"warehouse_name": "Склад WB РФ", "oblast_okrug_name": HERE},
        {"warehouse_name": "Астана", "oblast_okrug_name": HERE},
        {"warehouse_name": "Тула"},
        {"oblast_okrug_name": HERE},
    )
    told = await counted(reporter_db, cabinet_id, 0, 1)
    assert (told[1, "RUB"].local_share, told[0, "RUB"].local_share) == (D("75.00"), D("75.00"))
