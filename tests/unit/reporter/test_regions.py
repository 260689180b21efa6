"""Regions by how much goes there."""

from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.sections.regions import NAMED, Destination, regions

destinations = st.lists(
    st.builds(
        Destination,
        okrug=st.sampled_from(["Центральный", "Южный", None]),
        region=st.none() | st.integers(1, 40).map(str),
        orders=st.integers(1, 500),
        orders_sum=st.decimals(0, 100_000, places=2),
        placed=st.just(0),
        local=st.just(0),
    ),
    min_size=1,
    max_size=60,
    unique_by=lambda each: (each.okrug, each.region),
)


@given(found=destinations, data=st.data())
def test_regions_in_any_order_add_up_to_all_that_was_ordered(found: list[Destination], data: st.DataObject) -> None:
    told = regions(found)
    assert told == regions(data.draw(st.permutations(found)))
    assert sum(each.orders for each in told.regions) == sum(each.orders for each in found)
    assert sum(each.orders_sum for each in told.regions) == sum(each.orders_sum for each in found)
    named = [each for each in told.regions if each.okrug or each.region]
    assert len(named) <= NAMED
    assert [each.orders for each in named] == sorted((each.orders for each in named), reverse=True)
    assert all(each.okrug is None and each.region is None for each in told.regions[len(named) :])
    assert len(told.regions) - len(named) <= 1
    assert told.local_share is None


def test_more_regions_than_are_named_are_one_at_the_end() -> None:
    told = regions([Destination("Южный", str(number), 100 - number, D(number), 2, 1) for number in range(23)])
    assert len(told.regions) == NAMED + 1
    rest = told.regions[-1]
    assert (rest.okrug, rest.region, rest.orders, rest.orders_sum) == (None, None, 80 + 79 + 78, D(63))
    assert told.local_share == D("50.00")
