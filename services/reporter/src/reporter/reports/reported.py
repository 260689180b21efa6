"""`orders.reported`: steps of orders, each with its card and the figures of the short card.

What is counted apart (buyout, speed, stock) stands as it was counted last; today's figures are counted already.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.currency import ROUBLE
from contracts.envelope import Event, Origin
from contracts.items import BuyoutPeriod, Speed
from contracts.model import MAX_BATCH
from contracts.orders import (
    ChangedOrder,
    OrderFigures,
    OrderLife,
    OrdersReportedV1,
    ReportedOrder,
    SizeLeft,
    SourceAge,
    StockLeft,
)
from contracts.products import ProductCard
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.moscow import day_of
from reporter.figures.order_money import read_order_money
from reporter.reports.ages import ON_THE_CARD, TOLD_AGES
from reporter.reports.steps import Step
from reporter.reports.today import DAYS, both_days, days_values

_ITEMS = """
SELECT item.nm_id, to_jsonb(card) AS card, stock.stock_left, stock.stock_at, figures.*
FROM (SELECT DISTINCT nm_id FROM asked WHERE nm_id <> 0) AS item
LEFT JOIN products AS card ON card.cabinet_id = :cabinet_id AND card.nm_id = item.nm_id
CROSS JOIN LATERAL (
    SELECT sum(quantity) AS stock_left, max(observed_at) AS stock_at FROM stocks
    WHERE stocks.cabinet_id = :cabinet_id AND stocks.nm_id = item.nm_id
) AS stock
CROSS JOIN LATERAL (
    SELECT
        jsonb_agg(jsonb_path_query_first(body, '$.periods[*] ? (@.period_days == 30)'))
            FILTER (WHERE section = 'buyout') -> 0 AS buyout,
        jsonb_agg(jsonb_path_query_array(body, '$.periods[*] ? (@.period_days == 7 || @.period_days == 30)'))
            FILTER (WHERE section = 'velocity') -> 0 AS speeds,
        jsonb_agg(body - 'warehouses') FILTER (WHERE section = 'stock') -> 0 AS stock
    FROM item_figures
    WHERE item_figures.cabinet_id = :cabinet_id AND item_figures.nm_id = item.nm_id
        AND section IN ('buyout', 'velocity', 'stock') AND currency = ''
) AS figures
"""
# One statement of several queries: each live event pays for every round trip. As text, for numbers to stay exact.
_BESIDE = text(f"""
WITH lives AS MATERIALIZED (
    -- One by one: for some at once the planner may read the index of the cabinet's moments instead.
    SELECT life.* FROM unnest(CAST(:order_ids AS uuid[])) AS told (order_id) CROSS JOIN LATERAL (
        SELECT * FROM order_lives
        WHERE order_lives.cabinet_id = :cabinet_id AND order_lives.order_id = told.order_id OFFSET 0
    ) AS life
), wanted AS (
    -- A revision that came late may be of another item than the order is now; what stands beside it is of its own.
    SELECT nm_id, currency FROM lives
    UNION
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:currencies AS text[])) AS told (nm_id, currency)
), asked AS MATERIALIZED (
    SELECT * FROM wanted
    UNION
    SELECT {WHOLE_CABINET}, currency FROM wanted
)
SELECT
    (SELECT CAST(jsonb_agg(part) AS text) FROM lives AS part) AS lives,
    (SELECT CAST(jsonb_agg(part) AS text) FROM ({_ITEMS}) AS part) AS items,
    (SELECT CAST(jsonb_agg(part) AS text) FROM ({DAYS}) AS part) AS days,
    (SELECT CAST(jsonb_agg(part) AS text) FROM ({TOLD_AGES}) AS part) AS ages
""")


async def reported_events(
    connection: AsyncConnection, cause: Event[Any], steps: Sequence[Step], now: datetime
) -> list[Event[Any]]:
    """The steps as live events, of bounded size, in their order. A fixed number of statements; none without steps."""
    if not steps:
        return []
    told = await _reported(connection, cause.cabinetid, steps, now)
    return [
        new_event(
            OrdersReportedV1(orders=tuple(told[start : start + MAX_BATCH])),
            cabinet_id=cause.cabinetid,
            origin=Origin.LIVE,
            cause=cause,
        )
        for start in range(0, len(told), MAX_BATCH)
    ]


async def _reported(
    connection: AsyncConnection, cabinet_id: UUID, steps: Sequence[Step], now: datetime
) -> list[ReportedOrder]:
    order_ids = sorted({step.order_id for step in steps})
    told = sorted({(step.order.nm_id, _currency(step.order)) for step in steps if step.order})
    values = {
        "cabinet_id": cabinet_id,
        "order_ids": order_ids,
        "nm_ids": [nm_id for nm_id, _ in told],
        "currencies": [currency for _, currency in told],
        "resources": list(ON_THE_CARD),
        **days_values(now),
    }
    row = (await connection.execute(_BESIDE, values)).one()
    lives = {UUID(life["order_id"]): life for life in _parsed(row.lives)}
    items = {item["nm_id"]: _Item.of(item) for item in _parsed(row.items)}
    days = {(each["nm_id"], each["currency"]): both_days(each, now) for each in _parsed(row.days)}
    sources = tuple(SourceAge.model_validate(age) for age in _parsed(row.ages))
    money = await read_order_money(connection, cabinet_id, order_ids, day_of(now))
    reported = []
    for step in steps:
        order = step.order or ChangedOrder.model_validate({**lives[step.order_id], "change": "changed"})
        item, currency = items[order.nm_id], _currency(order)
        product, shop = days[order.nm_id, currency], days[WHOLE_CABINET, currency]
        economics = money[step.order_id]
        figures = OrderFigures(
            product=product,
            shop=shop,
            sources=sources,
            money=economics.estimate,
            money_missing=economics.missing,
            **item.figures,
        )
        reported.append(
            ReportedOrder(
                order=order,
                product=item.card,
                shop_today=shop.today,
                product_today=product.today,
                stock_left=item.stock_left,
                stock_at=item.stock_at,
                step=step.step,
                step_at=step.at,
                sale=step.sale,
                life=OrderLife.model_validate(lives[step.order_id]),
                figures=figures,
            )
        )
    return reported


def _parsed(rows: str | None) -> list[dict[str, Any]]:
    return json.loads(rows, parse_float=Decimal) if rows else []


def _currency(order: ChangedOrder) -> str:
    return order.currency or ROUBLE


@dataclass(frozen=True)
class _Item:
    """What stands beside every order of one item."""

    card: ProductCard | None
    stock_left: int | None
    stock_at: datetime | None
    figures: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_Item":
        figures: dict[str, Any] = {
            "buyout": row["buyout"] and BuyoutPeriod.model_validate(row["buyout"]),
            "speeds": tuple(map(Speed.model_validate, row["speeds"] or ())),
        }
        if stock := row["stock"]:
            figures["stock"] = StockLeft.model_validate(stock["total"])
            figures["sizes"] = tuple(map(SizeLeft.model_validate, stock["sizes"]))
            figures["stock_at"] = stock["as_of"]
        card = row["card"] and ProductCard.model_validate(row["card"])
        return cls(card, row["stock_left"], row["stock_at"], figures)
