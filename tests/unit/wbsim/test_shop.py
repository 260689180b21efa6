"""Whatever buyers do, a shop's stock, rows and versions stay in step."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.feed import Version
from wbsim.history import live_through
from wbsim.shop import Impossible, Shop
from wbsim.times import DAY_SECONDS, NEVER, moscow


def make_shop(seed: int = 1, products: int = 4, **behaviour: float) -> tuple[Shop, list[Version]]:
    heard: list[Version] = []
    shop = Shop(
        seed=seed,
        name="Лавка",
        products=products,
        clock=Clock(),
        behaviour=Behaviour(**behaviour),  # type: ignore[arg-type]
        on_version=lambda _, version: heard.append(version),
    )
    return shop, heard


def units(shop: Shop) -> int:
    return sum(stock.quantity + stock.in_way_to_client for stock in shop.stocks.values())


class TestOneOrder:
    def test_takes_a_unit_and_is_announced(self) -> None:
        shop, heard = make_shop()
        before = units(shop)
        order = shop.place(shop.clock.now())
        assert units(shop) == before
        assert shop.stocks[order.chrt_id].in_way_to_client == 1
        assert [(version.key, version.number, version.kind) for version in heard] == [(order.srid, 1, "new")]

    def test_money_follows_the_discounts(self) -> None:
        shop, _ = make_shop()
        row = shop.place(shop.clock.now()).row
        assert row["priceWithDisc"] == round(row["totalPrice"] * (100 - row["discountPercent"]) / 100)
        assert row["finishedPrice"] == round(row["priceWithDisc"] * (100 - row["spp"]) / 100)

    def test_cancelling_returns_the_unit_and_moves_the_row(self) -> None:
        shop, heard = make_shop()
        at = shop.clock.now()
        order = shop.place(at)
        quantity = shop.stocks[order.chrt_id].quantity
        assert order.row["cancelDate"] == NEVER
        shop.cancel(order, at + 90)
        row = order.row
        assert (row["isCancel"], row["cancelDate"], row["lastChangeDate"]) == (True, moscow(at + 90), moscow(at + 90))
        assert row["date"] == moscow(at)
        assert shop.stocks[order.chrt_id].quantity == quantity + 1
        assert [version.kind for version in heard] == ["new", "cancel"]

    def test_a_purchase_and_its_return_are_sale_rows_with_opposite_money(self) -> None:
        shop, heard = make_shop()
        at = shop.clock.now()
        order = shop.place(at)
        sale, refund = shop.buy_out(order, at + 1), shop.give_back(order, at + 2)
        assert (sale.sale_id[0], refund.sale_id[0]) == ("S", "R")
        assert len(sale.sale_id) <= 15
        for field in ("totalPrice", "finishedPrice", "priceWithDisc", "forPay"):
            assert sale.row[field] > 0 > refund.row[field]
        assert {sale.row["srid"], refund.row["srid"]} == {order.srid}
        assert [version.kind for version in heard] == ["new"]

    def test_impossible_changes_are_refused(self) -> None:
        shop, _ = make_shop()
        order = shop.place(shop.clock.now())
        with pytest.raises(Impossible, match="is open"):
            shop.give_back(order, shop.clock.now())
        shop.cancel(order, shop.clock.now())
        with pytest.raises(Impossible, match="is cancelled"):
            shop.buy_out(order, shop.clock.now())
        with pytest.raises(Impossible, match="no product"):
            shop.place(shop.clock.now(), nm_id=1)

    def test_a_sold_out_product_is_supplied_under_a_new_income(self) -> None:
        shop, _ = make_shop(products=1)
        size = next(iter(shop.products.values())).sizes[0]
        income_before = size.income_id
        for _ in range(1_000):
            shop.place(shop.clock.now())
        assert all(stock.quantity >= 0 for stock in shop.stocks.values())
        assert size.income_id > income_before


class TestDelayedMoney:
    def test_prices_are_zero_until_filled_in(self) -> None:
        shop, heard = make_shop(zero_price_share=1)
        at = shop.clock.now()
        order = shop.place(at)
        assert (order.row["finishedPrice"], order.row["priceWithDisc"]) == (0, 0)
        assert order.row["totalPrice"] > 0
        shop.reprice(order, at + 5)
        assert order.row["finishedPrice"] == order.money["finishedPrice"] > 0
        assert order.row["lastChangeDate"] == moscow(at + 5)
        assert [version.kind for version in heard] == ["new", "price"]

    def test_a_sale_of_an_unpriced_order_settles_to_the_order_s_price(self) -> None:
        shop, _ = make_shop(zero_price_share=1)
        at = shop.clock.now()
        sale = shop.buy_out(shop.place(at), at + 1)
        assert sale.row["forPay"] == 0
        shop.settle(sale, at + 9)
        assert sale.row["forPay"] > 0
        assert sale.row["lastChangeDate"] == moscow(at + 9)
        assert not shop.unsettled

    def test_a_price_change_moves_the_discount_within_its_bounds(self) -> None:
        shop, _ = make_shop()
        order = shop.place(shop.clock.now())
        seen = set()
        for _ in range(60):
            shop.reprice(order, shop.clock.now())
            seen.add(order.row["priceWithDisc"])
            assert 0 <= order.row["discountPercent"] <= 90
        assert len(seen) > 1


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["place", "cancel", "buy_out", "give_back", "reprice"]), st.integers(0, 999)),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS, st.sampled_from([0.0, 0.5]))
def test_any_life_keeps_stock_rows_and_versions_in_step(actions: list[tuple[str, int]], share: float) -> None:
    shop, heard = make_shop(zero_price_share=share, late_share=share, late_seconds=3)
    at, start, supplied = shop.clock.now(), units(shop), Counter[str]()
    for action, which in actions:
        at += which % 3
        if action == "place":
            shop.place(at)
            continue
        if not shop.orders:
            continue
        order = list(shop.orders.values())[which % len(shop.orders)]
        try:
            getattr(shop, action)(order, at)
            supplied[action] += 1
        except Impossible:
            assert (action, order.state) not in {("cancel", "open"), ("buy_out", "open"), ("give_back", "bought")}
    assert units(shop) == start - supplied["buy_out"] + supplied["give_back"]
    states = Counter(order.state for order in shop.orders.values())
    assert sum(stock.in_way_to_client for stock in shop.stocks.values()) == states["open"] == len(shop.open)
    assert states["bought"] == len(shop.bought)
    assert len(heard) == sum(len(order.versions) for order in shop.orders.values())
    for order in shop.orders.values():
        assert [version.number for version in order.versions] == list(range(1, len(order.versions) + 1))
        assert all(a.changed_at <= b.changed_at for a, b in pairwise(order.versions))
        assert order.row["isCancel"] == (order.state == "cancelled")
    visible = shop.order_feed.since(0, inclusive=True, rows=10**6, oldest=0, now=at + 3)
    assert {entry.key: entry.body for entry in visible} == {o.srid: o.body for o in shop.orders.values()}


class TestHistory:
    def test_the_same_seed_gives_the_same_past(self) -> None:
        now = 1_795_000_000.0
        rows = []
        for _ in range(2):
            shop, _ = make_shop(seed=5)
            live_through(shop, orders=80, days=90, now=now)
            rows.append([order.srid for order in shop.orders.values()])
        assert rows[0] == rows[1]

    def test_the_past_has_every_state_and_its_future_is_still_to_come(self) -> None:
        shop, heard = make_shop()
        now = shop.clock.now()
        pending = live_through(shop, orders=600, days=90, now=now)
        assert {order.state for order in shop.orders.values()} == {"open", "cancelled", "bought", "returned"}
        assert shop.feedbacks
        assert pending
        assert all(due.at > now for due in pending)
        assert heard == []
        assert min(order.placed_at for order in shop.orders.values()) >= now - 90 * DAY_SECONDS

    def test_its_rows_are_in_the_order_of_their_last_change(self) -> None:
        shop, _ = make_shop()
        now = shop.clock.now()
        live_through(shop, orders=300, days=60, now=now)
        entries = shop.order_feed.since(0, inclusive=True, rows=10**6, oldest=0, now=now)
        assert len(entries) == 300
        assert all(a.changed <= b.changed <= now for a, b in pairwise(entries))
