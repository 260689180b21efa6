"""How long WB wants us to wait, however it says so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.wb.waits import MAX_SECONDS, moment_of, told_seconds

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DATE = format_datetime(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("5", 5),
        (" 2.5 ", 2.5),
        ("+7", 7),
        ("5s", 5),
        ("5 seconds", 5),
        ("1500ms", 1.5),
        ("2m", 120),
        ("2 min", 120),
        ("3, 9", 9),
        ("10072", MAX_SECONDS),
        ("1e6", MAX_SECONDS),
        ("1e9", MAX_SECONDS),
        ("1000000000000", MAX_SECONDS),
        ("inf", MAX_SECONDS),
        ("Infinity", MAX_SECONDS),
        ("9" * 400, MAX_SECONDS),
        ("9999999999999999", MAX_SECONDS),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), 30),
        ((NOW + timedelta(seconds=30)).isoformat(), 30),
        ("2026-11-21T12:00:30", 30),
        (str(int(NOW.timestamp()) + 30), 30),
        (str(int(NOW.timestamp() * 1000) + 30_000), 30),
        (format_datetime(NOW + timedelta(days=400), usegmt=True), MAX_SECONDS),
    ],
)
def test_it_is_obeyed_or_clamped(said: str, seconds: float) -> None:
    assert told_seconds({"Retry-After": said, "Date": DATE}, "Retry-After") == seconds


@pytest.mark.parametrize(
    "said",
    [
        "",
        "0",
        "-5",
        "nan",
        "soon",
        "5 apples 6",
        str(int(NOW.timestamp()) - 9),
        str(int(NOW.timestamp() * 1000) - 3_600_000),
        format_datetime(NOW, usegmt=True),
        "٥x",
    ],
)
def test_what_makes_no_sense_or_is_over_is_nothing_to_wait_for(said: str) -> None:
    assert told_seconds({"Retry-After": said, "Date": DATE}, "Retry-After") is None


def test_the_first_header_that_makes_sense_counts() -> None:
    headers = {"A": "soon", "B": "4", "C": "9"}
    assert told_seconds(headers, "A", "B", "C") == 4
    assert told_seconds(headers, "none") is None


@pytest.mark.parametrize("skew", [timedelta(minutes=-5), timedelta(0), timedelta(minutes=5)])
@pytest.mark.parametrize("stamp", [lambda at: format_datetime(at, usegmt=True), lambda at: str(int(at.timestamp()))])
def test_a_date_without_wbs_clock_is_never_waited_for_too_shortly_nor_ten_minutes_too_long(
    monkeypatch: pytest.MonkeyPatch, skew: timedelta, stamp: Callable[[datetime], str]
) -> None:
    monkeypatch.setattr("servicekit.clock.now", lambda: NOW + skew)
    said = {"Retry-After": stamp(NOW + timedelta(seconds=30))}
    seconds = told_seconds(said, "Retry-After")
    assert seconds is not None
    assert 30 <= seconds <= 30 + 2 * 5 * 60
    assert told_seconds(said, "Retry-After", wb_now=NOW) == 30


@given(st.text(max_size=40))
def test_whatever_is_said_the_wait_is_bounded(said: str) -> None:
    seconds = told_seconds({"Retry-After": said, "Date": said}, "Retry-After")
    assert seconds is None or 0 < seconds <= MAX_SECONDS


def test_a_moment_without_an_offset_is_of_utc() -> None:
    assert moment_of("2026-11-21T12:00:00") == moment_of(DATE) == NOW
