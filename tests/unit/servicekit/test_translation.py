"""Texts, numbers and moments in each language."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from contracts.model import MOSCOW
from hypothesis import given
from hypothesis import strategies as st
from servicekit import text
from servicekit.translation import Code, Language, zone_of

TEXTS = {"Hello, {who}": ("Привет, {who}",), "{n} day": ("{n} день", "{n} дня", "{n} дней")}
RU, EN = Language("ru", TEXTS), Language("en", {})
AT = datetime(2026, 11, 20, 11, 7, tzinfo=UTC)


def test_a_text_has_its_values_in_both_languages_and_is_english_where_nobody_translated_it() -> None:
    assert (RU.text("Hello, {who}", who="А"), EN.text("Hello, {who}", who="A")) == ("Привет, А", "Hello, A")
    assert RU.text("Nobody") == "Nobody"
    assert RU.text("{not a value}") == "{not a value}"


@pytest.mark.parametrize(
    ("n", "ru", "en"),
    [
        (0, "0 дней", "0 days"),
        (1, "1 день", "1 day"),
        (2, "2 дня", "2 days"),
        (5, "5 дней", "5 days"),
        (11, "11 дней", "11 days"),
        (21, "21 день", "21 days"),
        (1022, "1\u202f022 дня", "1,022 days"),
    ],
)
def test_a_number_has_the_form_of_its_language(n: int, ru: str, en: str) -> None:
    assert RU.plural("{n} day", "{n} days", n) == ru
    assert EN.plural("{n} day", "{n} days", n) == en


@given(st.one_of(st.integers(-(10**20), 10**20), st.decimals(-(10**40), 10**40, places=4)))
def test_russian_numbers_are_those_that_reports_have(value: int | Decimal) -> None:
    assert RU.number(value) == ("0" if text.number(value) == "-0" else text.number(value))
    assert RU.number(value).replace(text.THIN_SPACE, "").replace(",", ".") == EN.number(value).replace(",", "")


@pytest.mark.parametrize(
    ("code", "number", "amount", "share", "moment", "day", "span"),
    [
        ("ru", "1\u202f234,5", "1\u202f494\u202f₽", "24\u202f%", "20.11 14:07", "20 ноября", "3 дн 2 ч"),
        ("en", "1,234.5", "1,494\u202f₽", "24\u202f%", "20 Nov 14:07", "20 Nov", "3 d 2 h"),
    ],
)
def test_each_language_writes_figures_its_own_way(
    code: Code, number: str, amount: str, share: str, moment: str, day: str, span: str
) -> None:
    language = Language(code, {})
    assert language.number(Decimal("1234.50")) == number
    assert language.money(Decimal(1494), "RUB") == amount
    assert language.percent(24) == share
    assert language.moment(AT) == moment
    assert language.long_day(date(2026, 11, 20)) == day
    assert language.span(timedelta(days=3, hours=2)) == span


def test_a_currency_that_is_a_russian_word_has_its_code_in_english() -> None:
    assert (RU.money(Decimal(5), "KGS"), EN.money(Decimal(5), "KGS")) == ("5\u202fсом", "5\u202fKGS")
    assert (RU.money(None, "KGS"), EN.percent(None)) == ("—", "—")


def test_moments_are_told_in_the_zone_and_say_so() -> None:
    vladivostok = zone_of("Asia/Vladivostok")
    assert (RU.moment(AT, vladivostok), RU.zone(AT, vladivostok)) == ("20.11 21:07", "UTC+10")
    assert (RU.zone(AT), EN.zone(AT, ZoneInfo("Europe/Moscow"))) == ("МСК", "MSK")
    assert EN.zone(AT, ZoneInfo("Asia/Kolkata")) == "UTC+5:30"
    assert EN.zone(AT, ZoneInfo("America/St_Johns")) == "UTC-3:30"


@pytest.mark.parametrize("name", [None, "Europe/Moscow", "Nowhere/Nothing", "../etc/passwd", ""])
def test_a_zone_that_nobody_knows_is_moscows(name: str | None) -> None:
    assert zone_of(name) is MOSCOW


def test_kopecks_have_two_digits_and_percents_one_at_most() -> None:
    assert RU.money(Decimal("342.7"), "RUB") == "342,70\u202f₽"
    assert EN.money(Decimal("342.75"), "RUB") == "342.75\u202f₽"
    assert (RU.percent(Decimal("24.47")), RU.percent(Decimal("9.96"))) == ("24,5\u202f%", "10\u202f%")


def test_what_took_no_minute_is_said_so() -> None:
    assert RU.span(timedelta(seconds=59)) == "меньше минуты"
    assert EN.span(timedelta(minutes=1)) == "1 min"
