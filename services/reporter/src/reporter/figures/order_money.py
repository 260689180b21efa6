"""Money of single orders: estimated from the order's own price and warehouse, and as finance reports it by `srid`."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID

from contracts.items import UnitEconomics
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import finance_lines
from reporter.figures.conditions import CONDITIONS, IS_OWN, TARIFFS_OF_ORDERS, conditions_of, tariffs_of
from reporter.figures.delivery import Origin, Tariffs
from reporter.figures.json_rows import as_objects, rows_column
from reporter.figures.unit_money import Conditions, Offer, Reported, Tax, economics, estimate, fact

_ORDERS: Final = f"""
SELECT orders.order_id, orders.nm_id, orders.currency, orders.day, orders.warehouse_name, {IS_OWN} AS is_own,
    coalesce(nullif(orders.price_with_disc, 0), orders.seller_price) AS seller_price,
    orders.spp AS order_spp, orders.finished_price,
    orders.is_cancel OR orders.status IS NOT DISTINCT FROM 'cancel' AS is_cancelled,
    CASE WHEN finance.lines > 0 THEN to_jsonb(finance) END AS finance
FROM orders CROSS JOIN LATERAL (
    SELECT {finance_lines.SUMS}, count(*) AS lines FROM finance_rows
    WHERE finance_rows.cabinet_id = :cabinet_id AND finance_rows.srid = orders.srid
        AND finance_rows.currency = orders.currency
) AS finance
"""
_OF_ORDERS: Final = f"WITH asked AS (SELECT DISTINCT nm_id, currency, day FROM orders) {CONDITIONS}"
MONEY: Final = ", ".join(
    [
        rows_column("money_orders", _ORDERS),
        rows_column("money_conditions", _OF_ORDERS),
        rows_column("money_tariffs", TARIFFS_OF_ORDERS),
    ]
)
"""Columns, over rows of `order_facts` named `orders`, that `money_of` reads; they bind `:cabinet_id` and `:today`."""
_READ: Final = text(f"""
WITH orders AS MATERIALIZED (
    SELECT known.* FROM unnest(CAST(:order_ids AS uuid[])) AS asked (order_id) CROSS JOIN LATERAL (
        -- One by one: for some at once the planner may read the index of the cabinet's moments instead.
        SELECT * FROM order_facts WHERE cabinet_id = :cabinet_id AND order_facts.order_id = asked.order_id OFFSET 0
    ) AS known
)
SELECT {MONEY}
""")


async def read_order_money(
    connection: AsyncConnection, cabinet_id: UUID, order_ids: Collection[UUID], today: date
) -> dict[UUID, UnitEconomics]:
    """What each of the orders earns, in the order's currency, in one statement; see `money_of`."""
    values = {"cabinet_id": cabinet_id, "order_ids": sorted(order_ids), "today": today}
    return money_of((await connection.execute(_READ, values)).one())


def money_of(row: Row[Any]) -> dict[UUID, UnitEconomics]:
    """What each order earns, of a row that has `MONEY`.

    The estimate is that of a piece if it is bought. The fact is there once finance has settled the order, or has lines
    of a cancelled one; `fact_units` is 1, and 0 of an order that was cancelled or given back: it cost its ways.
    """
    conditions = {
        (each.nm_id, each.currency, each.day): conditions_of(each) for each in as_objects(row.money_conditions)
    }
    tariffs = tariffs_of(as_objects(row.money_tariffs))
    return {
        UUID(order.order_id): order_economics(
            _offer(order),
            conditions[order.nm_id, order.currency, order.day],
            tariffs.get(order.currency, Tariffs()),
            _settled(order),
        )
        for order in as_objects(row.money_orders)
    }


def order_economics(offer: Offer, conditions: Conditions, tariffs: Tariffs, reported: Reported | None) -> UnitEconomics:
    """Money of one order from plain values; `reported` are the sums of its finance lines, once they tell its end.

    Adverts are not told of single orders: a bought one bears in the fact what it does in the estimate.
    """
    expected = estimate(offer, conditions, tariffs)
    if reported is None:
        return economics(expected, None, None)
    pieces = max(0, reported.pieces)
    whole = replace(
        reported,
        cost=_times(conditions.cost, pieces),
        other=_times(conditions.other, pieces),
        spent=_times(expected.money.adverts, pieces),
    )
    # Of what was not sold there is no income to be taxed, whatever the seller's tax is.
    tax = conditions.tax if pieces else Tax(Decimal(0), "income")
    return economics(expected, whole, fact(whole, tax, pieces=1))


def _times(amount: Decimal | None, pieces: int) -> Decimal | None:
    """Of no piece nothing, whatever one costs."""
    return Decimal(0) if pieces == 0 else None if amount is None else amount * pieces


def _offer(order: Any) -> Offer:
    return Offer(
        price=order.seller_price,
        spp=order.order_spp,
        buyer_price=order.finished_price,
        is_own=order.is_own,
        origins=(Origin(order.warehouse_name, order.is_own, 1),),
    )


def _settled(order: Any) -> Reported | None:
    """What finance reports, once it has settled the order; of a cancelled one whatever it reports."""
    lines = order.finance
    if lines is None or not (lines.settlements > 0 or (order.is_cancelled and lines.first is not None)):
        return None
    first, last = (None if day is None else date.fromisoformat(day) for day in (lines.first, lines.last))
    return finance_lines.reported(SimpleNamespace(**{**vars(lines), "first": first, "last": last}))
