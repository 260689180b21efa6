"""What the ways of a piece cost."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.delivery import (
    NO_WAYS,
    OWN_WAREHOUSE,
    BoxTariff,
    Origin,
    Tariffs,
    Ways,
    litres,
    per_bought,
    ways,
)

WB = Tariffs(wb={"Коледино": BoxTariff(D(48), D("11.2"), D(160)), "Тула": BoxTariff(D(30), D(7))})


def test_volume_is_in_litres_and_a_side_of_nothing_is_unknown() -> None:
    assert litres(D(30), D(20), D(5)) == D(3)
    assert litres(D(10), D(10), D("2.5")) == D("0.25")
    assert [litres(D(30), D(20), side) for side in (None, D(0))] == [None, None]


@pytest.mark.parametrize(("volume", "there"), [("0.2", "48"), ("1", "48"), ("1.5", "53.6"), ("3", "70.4")])
def test_a_way_costs_the_first_litre_and_each_further_one(volume: str, there: str) -> None:
    told = ways(WB, [Origin("Коледино", False, 1)], D(volume), NO_WAYS)
    assert told == Ways(D(there), D(there) * 100 / 160)


def test_without_a_coefficient_the_way_back_costs_what_the_way_there_does() -> None:
    assert ways(WB, [Origin("Тула", False, 5)], D(1), NO_WAYS) == Ways(D(30), D(30))


def test_each_warehouse_weighs_as_much_as_comes_from_it() -> None:
    origins = [Origin("Коледино", False, 1), Origin("Тула", False, 2), Origin("Склад WB", False, 9)]
    assert ways(WB, origins, D(1), NO_WAYS).there == D(36)


def test_the_sellers_own_goods_have_the_tariff_of_the_warehouse_or_of_all_such() -> None:
    tariffs = Tariffs(own={"Казань": BoxTariff(D(20), D(5)), OWN_WAREHOUSE: BoxTariff(D(40), D(11))})
    assert ways(tariffs, [Origin("Казань", True, 1)], D(1), NO_WAYS).there == D(20)
    assert ways(tariffs, [Origin("Основной склад", True, 1)], D(2), NO_WAYS).there == D(51)
    assert ways(tariffs, [Origin(None, True, 1)], D(1), NO_WAYS).there == D(40)
    assert ways(tariffs, [Origin("Казань", False, 1)], D(1), NO_WAYS).there is None
    assert ways(tariffs, [Origin("Казань", None, 1)], D(1), NO_WAYS).there is None


def test_without_a_tariff_or_a_volume_it_is_what_finance_has_charged() -> None:
    hidden, charged = [Origin("Склад WB", False, 4)], Ways(D(62), D(33))
    assert ways(WB, hidden, D(1), charged) == charged
    assert ways(WB, [Origin("Тула", False, 4)], None, charged) == charged
    assert ways(WB, hidden, D(1), Ways(D(62))) == Ways(D(62), D(62))
    assert ways(WB, hidden, D(1), NO_WAYS) == NO_WAYS


def test_what_finance_has_charged_for_the_way_back_goes_before_what_follows_from_tariffs() -> None:
    assert ways(WB, [Origin("Коледино", False, 4)], D(1), Ways(D(99), D(33))) == Ways(D(48), D(33))


def test_a_bought_piece_bears_the_ways_of_those_that_are_not() -> None:
    told = per_bought(Ways(D(56), D(28)), D(72))
    assert told is not None
    assert round(told, 2) == D("88.67")
    assert per_bought(Ways(D(56), D(28)), D(100)) == D(56)


@pytest.mark.parametrize("share", [None, D(0)])
def test_where_none_is_bought_there_is_no_bought_piece(share: D | None) -> None:
    assert per_bought(Ways(D(56), D(28)), share) is None
    assert per_bought(NO_WAYS, D(50)) is None


@given(st.permutations([Origin("Коледино", False, 3), Origin("Тула", False, 2), Origin("Тула", False, 7)]))
def test_the_order_of_warehouses_does_not_matter(origins: list[Origin]) -> None:
    assert ways(WB, origins, D("2.345"), NO_WAYS) == ways(WB, sorted(origins, key=str), D("2.345"), NO_WAYS)
