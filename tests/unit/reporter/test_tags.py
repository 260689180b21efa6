"""Which cached answers an event makes stale."""

from typing import Any
from uuid import UUID

from contracts.envelope import Origin
from contracts.feedbacks import ChangedFeedback, FeedbacksUpdatedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.items import Section
from contracts.orders import order_id
from contracts.prices import ChangedPrice, PricesUpdatedV1
from contracts.questions import ChangedQuestion, QuestionsUpdatedV1
from contracts.stocks import ChangedSellerStock, ChangedStockRemain, SellerStocksUpdatedV1, StockRemainsUpdatedV1
from reporter.figures import tags
from reporter.figures.items import Figure
from servicekit.events import new_event
from support.reporting import (
    NOON,
    a_sale,
    a_stock,
    an_order,
    orders_updated,
    products_updated,
    sales_updated,
    stocks_updated,
)

from contracts import cache_keys

CABINET = UUID(int=1)
LISTS = cache_keys.cabinet_items_tag(CABINET)


def test_orders_and_their_lists() -> None:
    orders = (an_order(CABINET, "a", nm_id=5, revision=2), an_order(CABINET, "b", nm_id=6, revision=3))
    assert tags.of_orders(orders_updated(CABINET, *orders)) == {
        cache_keys.cabinet_orders_tag(CABINET),
        *(cache_keys.order(order.order_id) for order in orders),
    }


def test_an_order_that_nobody_has_heard_of_is_in_nobodys_cache() -> None:
    assert tags.of_orders(orders_updated(CABINET, an_order(CABINET), origin=Origin.BACKFILL)) == {
        cache_keys.cabinet_orders_tag(CABINET)
    }


def test_the_orders_of_sales() -> None:
    event = sales_updated(CABINET, a_sale(srid="a"), a_sale("R1", srid="a"), a_sale("S2", srid=None))
    assert tags.of(event) == {cache_keys.order(order_id(CABINET, "a"))}


def test_sections_of_an_item_once() -> None:
    figures = [Figure(5, Section.STOCK, ""), Figure(5, Section.MONEY, "RUB")]
    assert tags.of_items(CABINET, figures) == {cache_keys.item_figures(CABINET, 5), LISTS}
    assert tags.of_items(CABINET, []) == set()


def test_cards_and_prices() -> None:
    assert tags.of(products_updated(CABINET, nm_id=5)) == {cache_keys.product(CABINET, 5), LISTS}
    price = ChangedPrice(nm_id=5, size_id=1, revision=1, change="new")
    event = new_event(PricesUpdatedV1(prices=(price,)), cabinet_id=CABINET)
    assert tags.of(event) == {cache_keys.product(CABINET, 5), LISTS}


def test_stocks_of_a_product_once() -> None:
    event = stocks_updated(CABINET, a_stock(1), a_stock(2, warehouse_id=101))
    assert tags.of(event) == {cache_keys.stocks(CABINET, 1)}


def test_stocks_of_own_warehouses_and_remains() -> None:
    seen: dict[str, Any] = {"nm_id": 5, "quantity": 1, "revision": 1, "observed_at": NOON, "change": "new"}
    own = ChangedSellerStock.model_validate({**seen, "chrt_id": 1, "warehouse_id": 1})
    place = {"barcode": "", "tech_size": "", "warehouse_name": "Казань", "kind": "warehouse"}
    remain = ChangedStockRemain.model_validate({**seen, **place})
    for data in (SellerStocksUpdatedV1(stocks=(own,)), StockRemainsUpdatedV1(stocks=(remain,))):
        assert tags.of(new_event(data, cabinet_id=CABINET)) == {cache_keys.stocks(CABINET, 5)}


def test_lists_of_feedbacks_and_of_questions() -> None:
    row: dict[str, Any] = {"id": "a", "created_at": NOON, "revision": 1, "change": "new"}
    feedback, question = ChangedFeedback.model_validate(row), ChangedQuestion.model_validate(row)
    for data, tag in (
        (FeedbacksUpdatedV1(feedbacks=(feedback,)), cache_keys.cabinet_reviews_tag),
        (QuestionsUpdatedV1(questions=(question,)), cache_keys.cabinet_questions_tag),
    ):
        assert tags.of(new_event(data, cabinet_id=CABINET)) == {tag(CABINET)}


def test_sources_that_are_late_or_come_again() -> None:
    since: dict[str, Any] = {"resource": "orders", "delayed_since": NOON, "recovered_at": NOON}
    late = DelayedResource.model_validate({**since, "last_success_at": NOON, "late_since": NOON, "reason": None})
    for data in (
        DataDelayedV1(resources=(late,)),
        DataRecoveredV1(resources=(RecoveredResource.model_validate(since),)),
    ):
        assert tags.of(new_event(data, cabinet_id=CABINET)) == {cache_keys.cabinet_sources_tag(CABINET)}
