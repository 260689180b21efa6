"""Which cached answers an event makes stale."""

from collections.abc import Iterable
from uuid import UUID

from contracts.analytics import PERIODS_DAYS, WHOLE_CABINET, PeriodFigures
from contracts.envelope import Event
from contracts.orders import OrdersUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.stocks import StocksUpdatedV1

from contracts import cache_keys


def of_orders(event: Event[OrdersUpdatedV1]) -> set[str]:
    """Known from the event alone, so that a repeated delivery can invalidate what a dead process could not."""
    cabinet_id = event.cabinetid
    return {
        cache_keys.cabinet_orders_tag(cabinet_id),
        *(cache_keys.order(order.order_id) for order in event.data.orders),
        *of_all_periods(cabinet_id, {WHOLE_CABINET, *(order.nm_id for order in event.data.orders)}),
    }


def of_all_periods(cabinet_id: UUID, nm_ids: Iterable[int]) -> set[str]:
    """The figures of the products (0: the whole cabinet) in every period."""
    return {cache_keys.analytics(cabinet_id, nm_id, days) for nm_id in nm_ids for days in PERIODS_DAYS}


def of_figures(cabinet_id: UUID, figures: Iterable[PeriodFigures]) -> set[str]:
    """Figures that changed."""
    return {cache_keys.analytics(cabinet_id, figure.nm_id, figure.period_days) for figure in figures}


def of_products(event: Event[ProductsUpdatedV1]) -> set[str]:
    """The cards of the event."""
    return {cache_keys.product(event.cabinetid, product.nm_id) for product in event.data.products}


def of_stocks(event: Event[StocksUpdatedV1]) -> set[str]:
    """The stocks of the event's products."""
    return {cache_keys.stocks(event.cabinetid, stock.nm_id) for stock in event.data.stocks}
