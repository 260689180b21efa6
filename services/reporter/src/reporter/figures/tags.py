"""Which cached answers an event makes stale."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from contracts.analytics import PERIODS_DAYS, PeriodFigures
from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event, EventData
from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.orders import OrdersUpdatedV1, order_ids_of
from contracts.prices import PricesUpdatedV1
from contracts.products import ProductsUpdatedV1
from contracts.questions import QuestionsUpdatedV1
from contracts.sales import SalesUpdatedV1
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1

from contracts import cache_keys
from reporter.figures.items import Figure


def of_orders(event: Event[OrdersUpdatedV1]) -> set[str]:
    """Known from the event alone, so that a repeated delivery can invalidate what a dead process could not."""
    return {
        cache_keys.cabinet_orders_tag(event.cabinetid),
        # An order that nobody has heard of is in nobody's cache.
        *(cache_keys.order(order.order_id) for order in event.data.orders if order.revision > 1),
    }


def of_sales(event: Event[SalesUpdatedV1]) -> set[str]:
    """The orders whose lives they are a part of."""
    order_id = order_ids_of(event.cabinetid)
    return {cache_keys.order(UUID(order_id(sale.srid))) for sale in event.data.sales if sale.srid is not None}


def of_all_periods(cabinet_id: UUID, nm_ids: Iterable[int]) -> set[str]:
    """The figures of the products (0: the whole cabinet) in every period, and the lists that they stand in."""
    of_each = {cache_keys.analytics(cabinet_id, nm_id, days) for nm_id in nm_ids for days in PERIODS_DAYS}
    return _with_lists(cabinet_id, of_each)


def of_figures(cabinet_id: UUID, figures: Iterable[PeriodFigures]) -> set[str]:
    """Figures that changed, and the lists that they stand in."""
    of_each = {cache_keys.analytics(cabinet_id, figure.nm_id, figure.period_days) for figure in figures}
    return _with_lists(cabinet_id, of_each)


def of_items(cabinet_id: UUID, figures: Iterable[Figure]) -> set[str]:
    """Sections that changed, and the lists that they stand in."""
    return _with_lists(cabinet_id, {cache_keys.item_figures(cabinet_id, figure.nm_id) for figure in figures})


def of_products(event: Event[ProductsUpdatedV1]) -> set[str]:
    """The cards of the event, and the lists that they stand in."""
    cards = {cache_keys.product(event.cabinetid, product.nm_id) for product in event.data.products}
    return _with_lists(event.cabinetid, cards)


def of_prices(event: Event[PricesUpdatedV1]) -> set[str]:
    """The items whose prices the event tells, and the lists that they stand in."""
    items = {cache_keys.product(event.cabinetid, price.nm_id) for price in event.data.prices}
    return _with_lists(event.cabinetid, items)


def of_stocks(event: Event[StocksUpdatedV1 | SellerStocksUpdatedV1 | StockRemainsUpdatedV1]) -> set[str]:
    """The stocks of the event's products."""
    return {cache_keys.stocks(event.cabinetid, stock.nm_id) for stock in event.data.stocks}


def of_feedbacks(event: Event[FeedbacksUpdatedV1]) -> set[str]:
    """The lists of the cabinet's feedbacks."""
    return {cache_keys.cabinet_reviews_tag(event.cabinetid)}


def of_questions(event: Event[QuestionsUpdatedV1]) -> set[str]:
    """The lists of the questions about the cabinet's items."""
    return {cache_keys.cabinet_questions_tag(event.cabinetid)}


def of_sources(event: Event[Any]) -> set[str]:
    """Which of the cabinet's sources are late."""
    return {cache_keys.cabinet_sources_tag(event.cabinetid)}


def _with_lists(cabinet_id: UUID, of_items: set[str]) -> set[str]:
    return {*of_items, cache_keys.cabinet_items_tag(cabinet_id)} if of_items else of_items


def of_everything(cabinet_id: UUID, nm_ids: Iterable[int]) -> set[str]:
    """The lists of the cabinet's rows, and all there is of these items (0: of the whole cabinet)."""
    of_item = (cache_keys.item_figures, cache_keys.product, cache_keys.stocks)
    wanted = set(nm_ids)
    return {
        *_of_rows(cabinet_id),
        *of_all_periods(cabinet_id, wanted),
        *(tag(cabinet_id, nm_id) for nm_id in wanted for tag in of_item),
    }


def of_lists(event: Event[Any]) -> set[str]:
    """The lists of the cabinet's rows."""
    return _of_rows(event.cabinetid)


def _of_rows(cabinet_id: UUID) -> set[str]:
    """Orders, feedbacks and questions."""
    of_each = (cache_keys.cabinet_orders_tag, cache_keys.cabinet_reviews_tag, cache_keys.cabinet_questions_tag)
    return {tag(cabinet_id) for tag in of_each}


_OF: Mapping[type[EventData], Callable[[Event[Any]], set[str]]] = {
    OrdersUpdatedV1: of_orders,
    SalesUpdatedV1: of_sales,
    ProductsUpdatedV1: of_products,
    PricesUpdatedV1: of_prices,
    StocksUpdatedV1: of_stocks,
    SellerStocksUpdatedV1: of_stocks,
    StockRemainsUpdatedV1: of_stocks,
    FeedbacksUpdatedV1: of_feedbacks,
    QuestionsUpdatedV1: of_questions,
    DataDelayedV1: of_sources,
    DataRecoveredV1: of_sources,
    CabinetDisconnectedV1: of_lists,
}


def of(event: Event[Any]) -> set[str]:
    """What the event alone shows to be stale; nothing where nobody reads from the cache what it tells."""
    found = _OF.get(type(event.data))
    return set() if found is None else found(event)
