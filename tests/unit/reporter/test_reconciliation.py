"""What a difference is explained by, and that its parts add up to it to the last digit."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporter.reconciliation import finance, funnel
from reporter.reconciliation.classes import Class, Part
from reporter.reconciliation.finance import Sale
from reporter.reconciliation.funnel import Difference

TODAY = date(2026, 11, 20)
SETTLED = date(2026, 11, 17)
DAY = date(2026, 11, 10)

Explained = list[tuple[Class, int, Decimal]]
money = st.decimals(-5000, 5000, places=2)


def a_difference(pieces: int, amount: str | Decimal, *, day: date = DAY, **fields: Any) -> Difference:
    values = {"nm_id": 1, "currency": "RUB", "counted": 10, "whole": Decimal(10_000), **fields}
    return Difference(day=day, pieces=pieces, amount=Decimal(amount), **values)


def explained(*differences: Difference) -> Explained:
    return [(part.by, part.pieces, part.amount) for part in funnel.classify(differences, settled=SETTLED)]


def totals(parts: Sequence[Part]) -> dict[Any, tuple[int, Decimal]]:
    sums: dict[Any, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for part in parts:
        key = (part.nm_id, part.day, part.currency)
        sums[key] = (sums[key][0] + part.pieces, sums[key][1] + part.amount)
    return {key: value for key, value in sums.items() if value != (0, Decimal(0))}


class TestFunnel:
    def test_pieces_of_another_currency_on_the_same_day(self) -> None:
        assert explained(a_difference(-3, "-900", currency="KGS"), a_difference(2, "500")) == [
            (Class.CURRENCY, -2, Decimal("-600.00")),
            (Class.UNKNOWN, -1, Decimal("-300.00")),
            (Class.CURRENCY, 2, Decimal(500)),
        ]

    def test_orders_that_another_source_knows_are_unpaid_or_paid_in_parts(self) -> None:
        known: dict[str, Any] = {"instalments": 3, "instalment_amount": Decimal(300)}
        assert explained(a_difference(3, "301", **known)) == [
            (Class.UNPAID_OR_INSTALMENT, 3, Decimal(300)),
            (Class.ROUNDING, 0, Decimal(1)),
        ]
        assert explained(a_difference(2, "200", **known)) == [(Class.UNPAID_OR_INSTALMENT, 2, Decimal("200.00"))]
        assert explained(a_difference(-2, "-200", **known)) == [(Class.UNKNOWN, -2, Decimal(-200))]

    def test_a_young_day_is_not_told_to_its_end(self) -> None:
        young = SETTLED + timedelta(days=1)
        assert explained(a_difference(-2, "-200", day=young)) == [(Class.NOT_YET_REFRESHED, -2, Decimal(-200))]
        assert explained(a_difference(-2, "-200", day=SETTLED)) == [(Class.UNKNOWN, -2, Decimal(-200))]

    def test_what_one_day_lacks_the_next_has_too_much(self) -> None:
        booked = explained(a_difference(2, "250"), a_difference(-3, "-300", day=DAY + timedelta(days=1)))
        assert booked == [
            (Class.BOOKED_ON_ANOTHER_DAY, 2, Decimal("200.00")),
            (Class.SIMPLIFIED_AMOUNT, 0, Decimal("50.00")),
            (Class.BOOKED_ON_ANOTHER_DAY, -2, Decimal("-200.00")),
            (Class.UNKNOWN, -1, Decimal("-100.00")),
        ]

    def test_not_the_day_after_the_next_nor_another_currency_nor_the_same_direction(self) -> None:
        later = DAY + timedelta(days=1)
        for other in (
            a_difference(-1, "-100", day=DAY + timedelta(days=2)),
            a_difference(-1, "-100", day=later, currency="KGS"),
            a_difference(1, "100", day=later),
        ):
            assert {by for by, _, _ in explained(a_difference(1, "100"), other)} == {Class.UNKNOWN}

    def test_pieces_may_be_booked_on_another_day_without_any_money(self) -> None:
        booked = explained(a_difference(1, "-5"), a_difference(-1, "-5", day=DAY + timedelta(days=1)))
        assert [(by, pieces) for by, pieces, _ in booked if pieces] == [
            (Class.BOOKED_ON_ANOTHER_DAY, 1),
            (Class.BOOKED_ON_ANOTHER_DAY, -1),
        ]

    @pytest.mark.parametrize(
        ("amount", "unpriced", "by"),
        [
            ("10", False, Class.ROUNDING),
            ("-10.01", False, Class.SIMPLIFIED_AMOUNT),
            ("1000", False, Class.SIMPLIFIED_AMOUNT),
            ("1000.01", False, Class.UNKNOWN),
            ("9999", True, Class.SIMPLIFIED_AMOUNT),
        ],
    )
    def test_an_amount_alone(self, amount: str, unpriced: bool, by: Class) -> None:
        assert explained(a_difference(0, amount, unpriced=unpriced)) == [(by, 0, Decimal(amount))]


def differences() -> st.SearchStrategy[list[Difference]]:
    cells = st.tuples(st.integers(1, 2), st.integers(0, 6), st.sampled_from(("KGS", "RUB")))
    values = st.tuples(st.integers(-4, 4), money, st.integers(0, 3), money, st.booleans())
    return st.dictionaries(cells, values, max_size=12).map(
        lambda drawn: [
            Difference(
                nm_id=nm_id,
                day=TODAY - timedelta(days=days),
                currency=currency,
                pieces=pieces,
                amount=amount,
                counted=abs(pieces) + 2,
                whole=abs(amount) * 3,
                unpriced=unpriced,
                instalments=instalments,
                instalment_amount=abs(instalment_amount),
            )
            for (nm_id, days, currency), (pieces, amount, instalments, instalment_amount, unpriced) in sorted(
                drawn.items(), key=lambda each: (each[0][0], -each[0][1], each[0][2])
            )
        ]
    )


@given(differences())
def test_the_classes_add_up_to_the_difference_exactly(found: list[Difference]) -> None:
    whole = {(row.nm_id, row.day, row.currency): (row.pieces, row.amount) for row in found}
    parts = funnel.classify(found, settled=SETTLED)
    assert totals(parts) == {key: value for key, value in whole.items() if value != (0, Decimal(0))}
    assert len({(part.nm_id, part.day, part.currency, part.by) for part in parts}) == len(parts)
    assert all(part.day <= SETTLED for part in parts if part.by is Class.UNKNOWN)
    for nm_id in (1, 2):
        booked = [part for part in parts if part.nm_id == nm_id and part.by is Class.BOOKED_ON_ANOTHER_DAY]
        assert sum(part.pieces for part in booked) == sum(part.amount for part in booked) == 0


def a_sale(**fields: Any) -> Sale:
    values = {
        "nm_id": 1,
        "day": DAY,
        "currency": "RUB",
        "pieces": 1,
        "amount": Decimal(100),
        "unpriced": False,
        "their_day": DAY,
        "their_currency": "RUB",
        "their_pieces": 1,
        "their_amount": Decimal(100),
    }
    return Sale(**{**values, **fields})


NOT_OURS: dict[str, Any] = {"day": None, "currency": None, "pieces": None, "amount": None}
NOT_THEIRS: dict[str, Any] = {f"their_{name}": None for name in NOT_OURS}


def sold(*sales: Sale) -> list[tuple[date, str, Class, int, Decimal]]:
    return [
        (part.day, part.currency, part.by, part.pieces, part.amount)
        for part in finance.classify(sales, settled=SETTLED)
    ]


class TestFinance:
    def test_what_is_the_same_is_no_difference(self) -> None:
        assert sold(a_sale(), a_sale(pieces=-1, their_pieces=-1, amount=Decimal(-1), their_amount=Decimal(-1))) == []

    def test_what_finance_alone_knows_was_unpaid_or_paid_in_parts(self) -> None:
        assert sold(a_sale(**NOT_OURS)) == [(DAY, "RUB", Class.UNPAID_OR_INSTALMENT, 1, Decimal(100))]
        assert sold(a_sale(**NOT_OURS, is_known=False)) == [(DAY, "RUB", Class.UNKNOWN, 1, Decimal(100))]

    def test_what_finance_does_not_know_may_come_with_the_next_report(self) -> None:
        young = SETTLED + timedelta(days=1)
        assert sold(
            a_sale(
                **NOT_THEIRS,
            )
        ) == [(DAY, "RUB", Class.UNKNOWN, -1, Decimal(-100))]
        assert sold(a_sale(**{**NOT_THEIRS, "day": young})) == [
            (young, "RUB", Class.NOT_YET_REFRESHED, -1, Decimal(-100))
        ]

    def test_another_day_and_another_amount(self) -> None:
        later = DAY + timedelta(days=1)
        assert sold(a_sale(their_day=later, their_amount=Decimal(90))) == [
            (DAY, "RUB", Class.BOOKED_ON_ANOTHER_DAY, -1, Decimal(-100)),
            (later, "RUB", Class.BOOKED_ON_ANOTHER_DAY, 1, Decimal(100)),
            (later, "RUB", Class.SIMPLIFIED_AMOUNT, 0, Decimal(-10)),
        ]

    def test_another_currency(self) -> None:
        assert sold(a_sale(their_currency="KGS", their_amount=Decimal(130))) == [
            (DAY, "KGS", Class.CURRENCY, 1, Decimal(130)),
            (DAY, "RUB", Class.CURRENCY, -1, Decimal(-100)),
        ]

    @pytest.mark.parametrize(
        ("amount", "unpriced", "by"),
        [
            ("101", False, Class.ROUNDING),
            ("125", False, Class.SIMPLIFIED_AMOUNT),
            ("126", False, Class.UNKNOWN),
            ("126", True, Class.SIMPLIFIED_AMOUNT),
        ],
    )
    def test_an_amount_alone(self, amount: str, unpriced: bool, by: Class) -> None:
        [(_, _, found, pieces, rest)] = sold(a_sale(their_amount=Decimal(amount), unpriced=unpriced))
        assert (found, pieces, rest) == (by, 0, Decimal(amount) - 100)

    def test_more_pieces_than_were_sold_are_unknown(self) -> None:
        assert sold(a_sale(their_pieces=2, their_amount=Decimal(200))) == [(DAY, "RUB", Class.UNKNOWN, 1, Decimal(100))]


_side = st.none() | st.tuples(
    st.integers(0, 6).map(lambda days: TODAY - timedelta(days=days)),
    st.sampled_from(("KGS", "RUB")),
    st.integers(-2, 2),
    money,
)


@given(st.lists(st.tuples(st.integers(1, 2), _side, _side, st.booleans(), st.booleans()), max_size=15))
def test_the_classes_of_sales_add_up_to_the_difference_exactly(drawn: list[Any]) -> None:
    sales = []
    whole: dict[Any, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for nm_id, ours, theirs, unpriced, is_known in drawn:
        for side, sign in ((ours, -1), (theirs, 1)):
            if side is not None:
                before = whole[nm_id, side[0], side[1]]
                whole[nm_id, side[0], side[1]] = (before[0] + sign * side[2], before[1] + sign * side[3])
        a, b = ours or (None,) * 4, theirs or (None,) * 4
        sales.append(
            Sale(
                nm_id=nm_id,
                day=a[0],
                currency=a[1],
                pieces=a[2],
                amount=a[3],
                unpriced=unpriced,
                their_day=b[0],
                their_currency=b[1],
                their_pieces=b[2],
                their_amount=b[3],
                is_known=is_known,
            )
        )
    expected = {key: value for key, value in whole.items() if value != (0, Decimal(0))}
    assert totals(finance.classify(sales, settled=SETTLED)) == expected
    assert finance.classify(sales[::-1], settled=SETTLED) == finance.classify(sales, settled=SETTLED)
