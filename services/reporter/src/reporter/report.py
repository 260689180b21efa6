"""What is published of orders just counted: each with its card, today's figures and the stock left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from contracts.analytics import MAX_FIGURES, WHOLE_CABINET, AnalyticsUpdatedV1, PeriodFigures
from contracts.envelope import Event, EventData
from contracts.orders import ChangedOrder, DayFigures, OrdersReportedV1, OrdersUpdatedV1, ReportedOrder
from contracts.products import ProductCard
from servicekit.events import new_event
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

_READ = text("""
SELECT asked.nm_id, CASE WHEN card.nm_id IS NOT NULL THEN to_jsonb(card) END AS card,
    coalesce(total.orders, 0) AS orders, coalesce(total.orders_sum, 0) AS orders_sum,
    coalesce(total.cancelled, 0) AS cancelled, stock.stock_left, stock.stock_at
FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
LEFT JOIN products AS card ON card.cabinet_id = :cabinet_id AND card.nm_id = asked.nm_id
LEFT JOIN day_totals AS total
    ON total.cabinet_id = :cabinet_id AND total.nm_id = asked.nm_id AND total.day = CAST(:today AS date)
CROSS JOIN LATERAL (
    SELECT sum(quantity) AS stock_left, max(observed_at) AS stock_at FROM stocks
    WHERE stocks.cabinet_id = :cabinet_id AND stocks.nm_id = asked.nm_id
) AS stock
""")


async def report_orders(
    connection: AsyncConnection, cabinet_id: UUID, orders: Sequence[ChangedOrder], today: date
) -> OrdersReportedV1:
    """The orders with what is known beside them, read in one statement; figures are those of `today`."""
    nm_ids = sorted({WHOLE_CABINET, *(order.nm_id for order in orders)})
    rows = await connection.execute(_READ, {"cabinet_id": cabinet_id, "nm_ids": nm_ids, "today": today})
    beside = {row.nm_id: _Beside.of(row, today) for row in rows}
    shop = beside[WHOLE_CABINET].figures
    return OrdersReportedV1(orders=tuple(beside[order.nm_id].report(order, shop) for order in orders))


@dataclass(frozen=True)
class _Beside:
    """What stands beside every order of one product."""

    figures: DayFigures
    card: ProductCard | None
    stock_left: int | None
    stock_at: Any

    @classmethod
    def of(cls, row: Row[Any], today: date) -> "_Beside":
        figures = DayFigures(day=today, orders=row.orders, orders_sum=row.orders_sum, cancelled=row.cancelled)
        card = None if row.card is None else ProductCard.model_validate(row.card)
        return cls(figures, card, row.stock_left, row.stock_at)

    def report(self, order: ChangedOrder, shop: DayFigures) -> ReportedOrder:
        return ReportedOrder(
            order=order,
            product=self.card,
            shop_today=shop,
            product_today=self.figures,
            stock_left=self.stock_left,
            stock_at=self.stock_at,
        )


def make_events(
    cause: Event[OrdersUpdatedV1], reported: OrdersReportedV1, figures: Sequence[PeriodFigures]
) -> list[Event[Any]]:
    """`orders.reported` and, where figures changed, `analytics.updated`; of the same origin as their cause."""
    data: list[EventData] = [reported]
    for start in range(0, len(figures), MAX_FIGURES):
        data.append(AnalyticsUpdatedV1(figures=tuple(figures[start : start + MAX_FIGURES])))
    return [
        new_event(part, source="reporter", cabinet_id=cause.cabinetid, origin=cause.origin, cause=cause)
        for part in data
    ]
