"""`orders.reported`: steps of orders, each with its card and the figures of the short card.

What is counted apart (buyout, speed, stock) stands as it was counted last; today's figures are counted already.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.envelope import Event, Origin
from contracts.model import MAX_BATCH
from contracts.orders import ChangedOrder, OrderFigures, OrderLife, OrdersReportedV1, ReportedOrder
from servicekit.events import new_event
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.reports.beside import Beside, currency_of, read_beside, read_untold
from reporter.reports.steps import Step


async def untold_events(
    connection: AsyncConnection, cause: Event[Any], steps: Sequence[Step], known: Collection[UUID], now: datetime
) -> list[Event[Any]]:
    """As `reported_events`, of those of the steps that are still to be told and of what waited for `known` orders.

    They are remembered as told. One statement for all of that.
    """
    told, beside = await read_untold(connection, cause.cabinetid, steps, cause.time, known, now)
    return _events(cause, told, beside)


async def reported_events(
    connection: AsyncConnection, cause: Event[Any], steps: Sequence[Step], now: datetime
) -> list[Event[Any]]:
    """The steps as live events, of bounded size, in their order. One statement; none without steps."""
    if not steps:
        return []
    return _events(cause, steps, await read_beside(connection, cause.cabinetid, steps, now))


def _events(cause: Event[Any], steps: Sequence[Step], beside: Beside) -> list[Event[Any]]:
    told = [_reported(step, beside) for step in steps]
    return [
        new_event(
            OrdersReportedV1(orders=tuple(told[start : start + MAX_BATCH])),
            cabinet_id=cause.cabinetid,
            origin=Origin.LIVE,
            cause=cause,
        )
        for start in range(0, len(told), MAX_BATCH)
    ]


def _reported(step: Step, beside: Beside) -> ReportedOrder:
    life = beside.lives[step.order_id]
    order = step.order or ChangedOrder.model_validate({**life, "change": "changed"})
    item, currency = beside.items[order.nm_id], currency_of(order)
    product, shop = beside.days[order.nm_id, currency], beside.days[WHOLE_CABINET, currency]
    economics = beside.money[step.order_id]
    return ReportedOrder(
        order=order,
        product=item.card,
        shop_today=shop.today,
        product_today=product.today,
        stock_left=item.stock_left,
        stock_at=item.stock_at,
        step=step.step,
        step_at=step.at,
        sale=step.sale,
        is_first=step.order_id in beside.firsts if step.step == "ordered" else None,
        life=OrderLife.model_validate(life),
        figures=OrderFigures(
            product=product,
            shop=shop,
            sources=beside.sources,
            money=economics.estimate,
            money_missing=economics.missing,
            **item.figures,
        ),
    )
