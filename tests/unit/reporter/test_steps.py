"""What revisions of orders, and sales, tell of an order's life."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from contracts.orders import order_id
from contracts.sales import ChangedSale
from reporter.reports.steps import Step, of_orders, of_sales
from support.reporting import NOON, an_order

CABINET = uuid4()
HOUR = timedelta(hours=1)


def told(**order: Any) -> list[tuple[str, Any]]:
    return [(step.step, step.at) for step in of_orders([an_order(CABINET, **order)], ()) if not step.is_silent]


def a_sale(**fields: Any) -> ChangedSale:
    values = {"sale_id": "S1", "srid": "a", "is_return": False, "sold_at": NOON, "last_change_at": NOON + HOUR}
    return ChangedSale.model_validate({**values, "nm_id": 1, "revision": 1, "change": "new", **fields})


class TestOrders:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"change": "new"}, [("ordered", NOON)]),
            ({"change": "changed", "last_change_at": NOON + HOUR}, [("changed", NOON + HOUR)]),
            ({"change": "cancelled", "cancelled_at": NOON + HOUR}, [("cancelled", NOON + HOUR)]),
            ({"change": "cancelled", "last_change_at": NOON + 2 * HOUR}, [("cancelled", NOON + 2 * HOUR)]),
            ({"change": "new", "is_cancel": True}, [("ordered", NOON)]),
            (
                {"change": "changed", "status": "buyout", "status_at": NOON + HOUR, "previous": {"status": "created"}},
                [("changed", NOON), ("bought", NOON + HOUR)],
            ),
            (
                {"change": "changed", "status": "returnDefective", "previous": {"status": "buyout"}},
                [("changed", NOON), ("returned", NOON)],
            ),
            ({"change": "new", "status": "buyout"}, [("ordered", NOON), ("bought", NOON)]),
            # It was bought before; what changed is something else.
            ({"change": "changed", "status": "buyout", "previous": {"region_name": "Тула"}}, [("changed", NOON)]),
            ({"change": "changed", "status": "sorted", "previous": {"status": "created"}}, [("changed", NOON)]),
            (
                {"change": "changed", "previous": {"price_with_disc": None}},
                [("changed", NOON), ("priced", NOON)],
            ),
            ({"change": "changed", "price": None, "previous": {"price_with_disc": "100"}}, [("changed", NOON)]),
            ({"change": "changed", "previous": {"price_with_disc": "90"}}, [("changed", NOON)]),
        ],
    )
    def test_a_revision_tells_its_change_and_what_it_means(
        self, fields: dict[str, Any], expected: list[tuple[str, Any]]
    ) -> None:
        assert told(**fields) == expected

    def test_one_that_comes_cancelled_is_remembered_as_cancelled_and_told_once(self) -> None:
        steps = list(of_orders([an_order(CABINET, is_cancel=True)], ()))
        assert [(step.step, step.is_silent) for step in steps] == [("ordered", False), ("cancelled", True)]

    def test_an_amount_that_comes_is_remembered_by_its_revision(self) -> None:
        _, priced = of_orders(
            [an_order(CABINET, revision=3, change="changed", previous={"finished_price": None}, finished_price="9")], ()
        )
        assert (priced.key, priced.is_of_feed) == ("priced order 3", False)

    def test_only_the_newest_of_several_revisions_is_the_one_stored(self) -> None:
        first = an_order(CABINET)
        second = an_order(CABINET, revision=2, change="cancelled")
        steps = list(of_orders([second, first], {first.order_id}))
        assert [(step.step, step.is_stored) for step in steps] == [("cancelled", True), ("ordered", False)]

    def test_a_purchase_by_the_feed_is_told_apart_from_a_change(self) -> None:
        bought = an_order(CABINET, change="changed", status="buyout", previous={"status": "created"})
        changed, end = of_orders([bought], {bought.order_id})
        assert (changed.is_of_feed, changed.is_told_anyway, changed.key) == (False, True, "")
        assert (end.is_of_feed, end.is_told_anyway) == (True, False)


class TestSales:
    def steps(self, *sales: ChangedSale) -> list[Step]:
        return list(of_sales(CABINET, sales))

    def test_a_sale_is_a_purchase_and_a_return_a_return(self) -> None:
        bought, returned = self.steps(a_sale(for_pay="10"), a_sale(sale_id="R1", is_return=True, for_pay="-10"))
        assert (bought.step, bought.at, bought.order_id) == ("bought", NOON, order_id(CABINET, "a"))
        assert returned.step == "returned"
        assert returned.sale
        assert returned.sale.for_pay == -10
        assert not bought.is_of_feed

    def test_an_amount_that_comes_or_is_corrected_is_a_step_and_nothing_else(self) -> None:
        came = a_sale(change="changed", revision=2, for_pay="10", previous={"for_pay": None})
        corrected = a_sale(change="changed", revision=3, for_pay="11", previous={"for_pay": "10"})
        moved = a_sale(change="changed", revision=4, for_pay="11", previous={"region_name": "Тула"})
        first, second = self.steps(came, corrected, moved)
        assert (first.step, first.at, first.key) == ("priced", NOON + HOUR, "priced S1 2")
        assert second.key != first.key
        assert second.sale
        assert second.sale.previous == {"for_pay": "10"}

    def test_a_sale_without_an_order_tells_nothing(self) -> None:
        assert self.steps(a_sale(srid=None)) == []
