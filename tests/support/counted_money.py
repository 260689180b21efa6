"""Money of bought pieces, counted from what is stored; and the rows that it is made of."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.items import UnitEconomics
from reporter.figures.sections.money import count
from reporter.tables import (
    analytics_cache,
    costs,
    item_figures,
    products,
    tariffs_box,
    tariffs_commission,
    tax,
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


STATEMENTS = 7
"""For any number of items."""


async def counted(database: Database, cabinet_id: UUID, *nm_ids: int) -> dict[tuple[int, str], UnitEconomics]:
    async with database.transaction() as connection:
        with statements(database) as sent:
            told = await count(connection, cabinet_id, nm_ids, TODAY)
        assert len(sent) <= STATEMENTS
        return told


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
