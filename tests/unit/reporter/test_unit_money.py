"""What a bought piece earns: the parts add up, and what is not known is said."""

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest
from contracts.items import UnitMoney
from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.delivery import BoxTariff, Origin, Tariffs, Ways
from reporter.figures.order_money import order_economics
from reporter.figures.unit_money import Conditions, Offer, Rates, Reported, Tax, economics, estimate, fact

DAY = date(2026, 11, 20)
OFFER = Offer(price=D(1494), spp=D(24), is_own=False, origins=(Origin("Коледино", False, 3),))
CONDITIONS = Conditions(
    rates=Rates(wb=D("24.5"), own=D(28), only=None),
    litres=D(1),
    item_share=D(72),
    shop_share=D(50),
    adverts_per_order=D("79.20"),
    tax=Tax(D(6), "income"),
    cost=D(520),
)
TARIFFS = Tariffs(wb={"Коледино": BoxTariff(D(56), D(14), D(200))})
SUMS = (
    "price", "buyer_price", "payout", "logistics", "storage", "acceptance", "penalties", "there_sum", "back_sum"
)  # fmt: skip
NOTHING = Reported(pieces=0, there=0, back=0, first=DAY, last=DAY, **dict.fromkeys(SUMS, D(0)))
SOLD = replace(
    NOTHING,
    pieces=2,
    price=D(3000),
    buyer_price=D(2200),
    payout=D(2000),
    logistics=D(300),
    storage=D(10),
    acceptance=D(5),
    penalties=D(20),
    there=3,
    there_sum=D(240),
    back=1,
    back_sum=D(60),
    cost=D(800),
    other=D(30),
    spent=D(100),
)


def test_an_estimate_is_the_price_less_what_it_takes_to_sell_a_piece() -> None:
    told = estimate(OFFER, CONDITIONS, TARIFFS)
    assert told.missing == ()
    assert told.money == UnitMoney(
        price=D("1494.00"),
        buyer_price=D("1135.44"),
        spp=D("24.00"),
        commission_percent=D("24.50"),
        commission=D("366.03"),
        delivery=D("56.00"),
        delivery_back=D("28.00"),
        logistics=D("88.67"),
        adverts=D("110.00"),
        tax=D("89.64"),
        cost=D("520.00"),
        payout=D("1127.97"),
        profit=D("319.66"),
        margin=D("21.40"),
        roi=D("61.47"),
    )


def test_tax_on_what_is_left_is_of_what_is_left_and_nothing_of_a_loss() -> None:
    tax = Tax(D(15), "income_less_costs")
    told = estimate(OFFER, replace(CONDITIONS, tax=tax), TARIFFS).money
    assert (told.tax, told.profit) == (D("61.40"), D("347.90"))
    loss = estimate(OFFER, replace(CONDITIONS, tax=tax, cost=D(2000)), TARIFFS).money
    assert (loss.tax, loss.profit) == (D("0.00"), D("-1070.70"))


@pytest.mark.parametrize(
    ("offer", "conditions", "tariffs", "missing"),
    [
        (Offer(), Conditions(), Tariffs(), ("price", "commission", "dimensions", "tariff", "buyout", "tax", "cost")),
        (replace(OFFER, price=D(0)), CONDITIONS, TARIFFS, ("price",)),
        (replace(OFFER, is_own=None, origins=()), CONDITIONS, TARIFFS, ("commission", "tariff")),
        (OFFER, replace(CONDITIONS, rates=Rates()), TARIFFS, ("commission",)),
        (OFFER, replace(CONDITIONS, litres=None), TARIFFS, ("dimensions",)),
        (OFFER, CONDITIONS, Tariffs(), ("tariff",)),
        (OFFER, replace(CONDITIONS, item_share=None, shop_share=None), TARIFFS, ("buyout",)),
        (OFFER, replace(CONDITIONS, item_share=D(0)), TARIFFS, ("buyout",)),
        (OFFER, replace(CONDITIONS, tax=None), TARIFFS, ("tax",)),
        (OFFER, replace(CONDITIONS, cost=None), TARIFFS, ("cost",)),
    ],
)
def test_without_a_part_there_is_no_profit_and_it_is_said_which(
    offer: Offer, conditions: Conditions, tariffs: Tariffs, missing: tuple[str, ...]
) -> None:
    told = estimate(offer, conditions, tariffs)
    assert told.missing == missing
    assert (told.money.profit, told.money.margin, told.money.roi) == (None, None, None)


def test_parts_that_need_not_be_known_count_as_nothing() -> None:
    told = estimate(OFFER, replace(CONDITIONS, adverts_per_order=None), TARIFFS)
    assert (told.missing, told.money.adverts, told.money.profit) == ((), None, D("429.66"))
    more = estimate(OFFER, replace(CONDITIONS, other=D("9.66")), TARIFFS)
    assert more.money.profit == D("310.00")


def test_an_item_without_its_own_buyout_has_that_of_the_cabinet() -> None:
    assert replace(CONDITIONS, item_share=None).bought_share == D(50)
    assert CONDITIONS.bought_share == D(72)


def test_the_rate_is_that_of_who_has_the_goods_or_the_only_one() -> None:
    rates = Rates(wb=D(20), own=D(23))
    assert (rates.of(False), rates.of(True), rates.of(None)) == (D(20), D(23), None)
    abroad = Rates(only=D(15))
    assert (abroad.of(False), abroad.of(True), abroad.of(None)) == (D(15), D(15), D(15))


def test_what_the_buyer_pays_is_what_wb_says_else_by_its_discount() -> None:
    assert estimate(replace(OFFER, buyer_price=D(1100)), CONDITIONS, TARIFFS).money.buyer_price == D("1100.00")
    assert estimate(replace(OFFER, buyer_price=D(0)), CONDITIONS, TARIFFS).money.buyer_price == D("1135.44")
    assert estimate(replace(OFFER, spp=None), CONDITIONS, TARIFFS).money.buyer_price is None


def test_a_fact_is_the_mean_of_what_was_bought() -> None:
    assert fact(SOLD, Tax(D(6), "income"), pieces=2) == UnitMoney(
        price=D("1500.00"),
        buyer_price=D("1100.00"),
        commission_percent=D("33.33"),
        commission=D("500.00"),
        delivery=D("80.00"),
        delivery_back=D("60.00"),
        logistics=D("150.00"),
        storage=D("5.00"),
        acceptance=D("2.50"),
        penalties=D("10.00"),
        adverts=D("50.00"),
        tax=D("90.00"),
        cost=D("400.00"),
        other=D("15.00"),
        payout=D("1000.00"),
        profit=D("277.50"),
        margin=D("18.50"),
        roi=D("69.38"),
    )


def test_prices_that_sum_up_to_nothing_are_no_price() -> None:
    told = fact(replace(SOLD, price=D(0), buyer_price=D(0)), Tax(D(6), "income"), pieces=2)
    assert (told.price, told.buyer_price, told.commission, told.commission_percent) == (None, None, None, None)
    assert (told.tax, told.margin) == (D(0), None)


def test_estimate_and_fact_stand_side_by_side() -> None:
    expected = estimate(OFFER, CONDITIONS, TARIFFS)
    alone = economics(expected, None, None)
    assert (alone.fact, alone.fact_units, alone.profit_difference) == (None, 0, None)
    both = economics(expected, SOLD, fact(SOLD, CONDITIONS.tax, pieces=2))
    assert (both.fact_units, both.fact_from, both.fact_to) == (2, DAY, DAY)
    assert both.profit_difference == D("277.50") - D("319.66")
    untaxed = economics(expected, SOLD, fact(SOLD, None, pieces=2))
    assert untaxed.profit_difference is None


def test_a_sold_order_bears_its_own_ways_and_the_adverts_of_a_bought_piece() -> None:
    line = replace(SOLD, pieces=1, price=D(1494), payout=D(1128), logistics=D(56), storage=D(0), acceptance=D(0))
    told = order_economics(OFFER, CONDITIONS, TARIFFS, replace(line, penalties=D(0), cost=None, other=None, spent=None))
    assert told.fact is not None
    assert (told.fact_units, told.fact.cost, told.fact.adverts) == (1, D("520.00"), D("110.00"))
    assert told.fact.profit == D(1128) - 56 - D("89.64") - 520 - 110
    assert told.profit_difference == told.fact.profit - D("319.66")


def test_an_order_that_was_not_sold_cost_its_ways_whatever_is_known() -> None:
    refused = replace(NOTHING, logistics=D("75.5"), there=1, there_sum=D(46), back=1, back_sum=D("29.5"))
    told = order_economics(OFFER, replace(CONDITIONS, cost=None, tax=None), TARIFFS, refused)
    assert told.fact is not None
    assert (told.fact_units, told.fact.price, told.fact.cost, told.fact.tax) == (0, None, D(0), D(0))
    assert (told.fact.profit, told.fact.margin, told.fact.roi) == (D("-75.50"), None, None)
    # Given back in a period that does not have its sale.
    returned = order_economics(OFFER, CONDITIONS, TARIFFS, replace(refused, pieces=-1, payout=D(-1128)))
    assert (returned.fact_units, returned.fact and returned.fact.profit) == (0, D("-1203.50"))


def test_an_order_that_finance_has_not_settled_has_no_fact() -> None:
    told = order_economics(OFFER, CONDITIONS, TARIFFS, None)
    assert (told.fact, told.fact_units, told.estimate.profit) == (None, 0, D("319.66"))


amounts = st.decimals(0, 100_000, places=4)
some = st.none() | amounts
shares = st.none() | st.decimals(0, 100, places=2)
offers = st.builds(
    Offer,
    price=some,
    spp=shares,
    buyer_price=some,
    is_own=st.none() | st.booleans(),
    origins=st.lists(
        st.builds(Origin, st.sampled_from(["Коледино", "Тула", None]), st.none() | st.booleans(), st.integers(0, 50)),
        max_size=4,
    ).map(tuple),
)
conditions = st.builds(
    Conditions,
    rates=st.builds(Rates, shares, shares, shares),
    litres=some,
    item_share=shares,
    shop_share=shares,
    adverts_per_order=some,
    tax=st.none() | st.builds(Tax, st.decimals(0, 100, places=2), st.sampled_from(["income", "income_less_costs"])),
    cost=some,
    other=some,
    charged=st.builds(Ways, some, some),
)


@given(offer=offers, held=conditions)
def test_the_parts_shown_add_up_to_the_profit_shown(offer: Offer, held: Conditions) -> None:
    told = estimate(offer, held, Tariffs(wb=TARIFFS.wb, own={"Тула": BoxTariff(D(40), D(11))}))
    money = told.money
    assert (money.profit is None) == bool(told.missing)
    if money.profit is not None:
        assert money.price is not None
        assert money.commission is not None
        assert money.payout == money.price - money.commission
        taken = (money.logistics, money.adverts, money.tax, money.cost, money.other)
        assert money.profit == money.payout - sum(part for part in taken if part is not None)


@given(
    sums=st.builds(
        Reported,
        pieces=st.integers(1, 1000),
        there=st.integers(0, 1000),
        back=st.integers(0, 1000),
        first=st.just(DAY),
        last=st.just(DAY),
        **dict.fromkeys(SUMS, amounts),
        **dict.fromkeys(("cost", "other", "spent"), some),
    )
)
def test_the_parts_of_a_fact_add_up_too(sums: Reported) -> None:
    money = fact(sums, Tax(D(6), "income"), pieces=sums.pieces)
    assert (money.profit is None) == (sums.cost is None)
    if money.profit is not None:
        assert money.payout is not None
        taken = (money.logistics, money.storage, money.acceptance, money.penalties, money.adverts, money.tax)
        entered = (money.cost, money.other)
        assert money.profit == money.payout - sum(part for part in (*taken, *entered) if part is not None)
