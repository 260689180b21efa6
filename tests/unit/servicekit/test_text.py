"""Words and numbers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servicekit.text import cut, money, name, number, percent, span, title_name, utf16_units
from tgsim.entities import parse_html


class TestCut:
    def test_keeps_what_fits(self) -> None:
        assert cut("Худи графит", 11) == "Худи графит"

    def test_ends_at_a_word(self) -> None:
        assert cut("Худи оверсайз с начёсом", 18) == "Худи оверсайз с…"

    def test_drops_punctuation_before_the_dots(self) -> None:
        assert cut("Худи оверсайз, графит", 16) == "Худи оверсайз…"

    def test_cuts_inside_a_single_long_word(self) -> None:
        assert cut("а" * 30, 10) == "а" * 9 + "…"

    def test_counts_an_emoji_as_two_and_never_halves_it(self) -> None:
        assert cut("😀😀😀", 4) == "😀…"

    @given(st.text(), st.integers(1, 50))
    def test_never_exceeds_the_limit(self, text: str, limit: int) -> None:
        assert utf16_units(cut(text, limit)) <= limit


class TestName:
    @given(st.text(alphabet=st.characters(), max_size=200), st.integers(1, 60))
    def test_survives_telegrams_parser_within_its_limit(self, text: str, limit: int) -> None:
        parsed = parse_html(name(text, limit))
        assert not parsed.entities
        assert utf16_units(parsed.text) <= limit
        assert "\n" not in parsed.text

    def test_is_empty_for_nothing(self) -> None:
        assert name(None, 10) == ""
        assert name(" \n\x00 ", 10) == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (1494, "1\u202f494"), ("1234567.5", "1\u202f234\u202f567,5"), ("24.50", "24,5"), ("0.05", "0,05")],
)
def test_numbers_have_thin_spaces_and_commas(value: int | str, shown: str) -> None:
    assert number(Decimal(value)) == shown


def test_units_stay_with_their_number() -> None:
    assert (money(Decimal(5), None), money(None, "KGS"), percent(24)) == ("5\u202f₽", "—", "24\u202f%")


@pytest.mark.parametrize(
    ("currency", "shown"), [("RUB", "₽"), ("KGS", "сом"), ("KZT", "₸"), ("BYN", "Br"), ("AMD", "֏"), ("SEK", "SEK")]
)
def test_an_amount_has_the_sign_of_its_currency(currency: str, shown: str) -> None:
    assert money(Decimal("1494.5"), currency) == f"1\u202f494,5\u202f{shown}"


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(5, "5 мин"), (273, "4 ч 33 мин"), (1440, "1 дн"), (3005, "2 дн 2 ч")],
)
def test_spans_are_read_aloud(minutes: int, shown: str) -> None:
    assert span(timedelta(minutes=minutes)) == shown


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Худи с начёсом на молнии, терракота", "Худи с начёсом на…, терракота"),
        ("Худи, графит", "Худи, графит"),
        ("Набор, в котором очень много слов после запятой", "Набор, в котором очень много…"),
        ("Слово без запятой и ещё одно слово", "Слово без запятой и ещё одно…"),
        (None, ""),
    ],
)
def test_of_a_title_that_is_cut_its_colour_is_kept(title: str | None, shown: str) -> None:
    assert title_name(title, 30) == shown
