"""Which cached answers an event makes stale."""

from uuid import UUID

from contracts.envelope import Origin
from contracts.items import Section
from contracts.orders import order_id
from reporter.figures import tags
from reporter.figures.items import Figure
from support.reporting import (
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
    assert tags.of_items(CABINET, figures) == {cache_keys.item_figures(CABINET, 5)}


def test_cards() -> None:
    assert tags.of_products(products_updated(CABINET, nm_id=5)) == {cache_keys.product(CABINET, 5)}


def test_stocks_of_a_product_once() -> None:
    event = stocks_updated(CABINET, a_stock(1), a_stock(2, warehouse_id=101))
    assert tags.of_stocks(event) == {cache_keys.stocks(CABINET, 1)}
