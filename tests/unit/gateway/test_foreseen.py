"""What an answer is likely to be made from."""

from uuid import uuid4

import pytest
from gateway.answers.foreseen import MOST_CABINETS, foreseen

from contracts import cache_keys

CABINETS = tuple(uuid4() for _ in range(MOST_CABINETS))


def test_a_list_is_made_from_what_its_cabinets_have() -> None:
    tags = (cache_keys.cabinet_orders_tag, cache_keys.cabinet_sources_tag)
    orders = tuple(tag(each) for each in CABINETS for tag in tags)
    assert foreseen("/api/v1/orders", CABINETS) == orders
    assert foreseen("/api/v1/products", CABINETS[:1]) == (
        cache_keys.cabinet_items_tag(CABINETS[0]),
        cache_keys.cabinet_sources_tag(CABINETS[0]),
    )


def test_of_very_many_cabinets_nothing_is_foreseen() -> None:
    assert foreseen("/api/v1/orders", (*CABINETS, uuid4())) == ()


def test_one_order_is_made_from_itself() -> None:
    order_id = uuid4()
    assert foreseen(f"/api/v1/orders/{order_id}", ()) == (cache_keys.order(order_id),)
    assert foreseen(f"/api/v1/orders/{str(order_id).upper()}", ()) == (cache_keys.order(order_id),)


@pytest.mark.parametrize("path", ["/api/v1/orders/none", f"/api/v1/orders/{uuid4()}/report", "/api/v1/me", "/", ""])
def test_of_all_else_nothing_is_foreseen(path: str) -> None:
    assert foreseen(path, CABINETS) == ()
