"""Which cached answers an event makes stale."""

from uuid import UUID

from contracts.analytics import PERIODS_DAYS
from reporter import tags
from support.reporting import a_stock, an_order, orders_updated, products_updated, stocks_updated

from contracts import cache_keys

CABINET = UUID(int=1)


def test_orders_their_lists_and_the_figures_of_their_products_and_of_the_cabinet() -> None:
    orders = (an_order(CABINET, "a", nm_id=5), an_order(CABINET, "b", nm_id=6))
    assert tags.of_orders(orders_updated(CABINET, *orders)) == {
        cache_keys.cabinet_orders_tag(CABINET),
        *(cache_keys.order(order.order_id) for order in orders),
        *(cache_keys.analytics(CABINET, nm_id, days) for nm_id in (0, 5, 6) for days in PERIODS_DAYS),
    }


def test_cards() -> None:
    assert tags.of_products(products_updated(CABINET, nm_id=5)) == {cache_keys.product(CABINET, 5)}


def test_stocks_of_a_product_once() -> None:
    event = stocks_updated(CABINET, a_stock(1), a_stock(2, warehouse_id=101))
    assert tags.of_stocks(event) == {cache_keys.stocks(CABINET, 1)}
