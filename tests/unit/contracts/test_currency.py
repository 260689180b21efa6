"""Currencies however they are spelt."""

from datetime import date
from decimal import Decimal

import pytest
from contracts.currency import NUMERIC, OF_COUNTRIES, SIGNS, currency, currency_of_country, sign
from contracts.orders import DayFigures


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("KGS", "KGS"), (" kgs ", "KGS"), (417, "KGS"), ("417", "KGS"), ("051", "AMD"), ("51", "AMD"), ("RUR", "RUB"),
        ("руб.", "RUB"), ("сом", "KGS"), ("SEK", "SEK"), (None, None), ("", None), (0, None), (999, None),
        ("9999", None), ("ЦНЯ", None), ("рубль", None), ("XXX", None), (-643, None), ("٦٤٣", None),
    ],
)  # fmt: skip
def test_a_code_is_read_however_it_is_stated(stated: str | int | None, code: str | None) -> None:
    assert currency(stated) == code


def test_every_code_that_is_known_may_be_told() -> None:
    for code in {*NUMERIC.values(), *SIGNS, *OF_COUNTRIES.values()}:
        figures = DayFigures(day=date(2026, 11, 20), orders=1, orders_sum=Decimal(1), cancelled=0, currency=code)
        assert figures.currency == currency(code) == code


def test_countries_and_signs() -> None:
    assert currency_of_country(" Кыргызстан ") == "KGS"
    assert currency_of_country("Атлантида") is currency_of_country(None) is None
    assert (sign("KZT"), sign("SEK"), sign(None)) == ("₸", "SEK", "₽")
