"""WB's shapes of time."""

from datetime import UTC, date, datetime

import pytest
from contracts.model import MOSCOW
from ingestor.wb.times import date_from, day, day_or_none, moment, moment_or_never, moscow_day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2022-03-04T18:08:31", datetime(2022, 3, 4, 15, 8, 31, tzinfo=UTC)),
        ("2026-06-24T12:57:26+03:00", datetime(2026, 6, 24, 9, 57, 26, tzinfo=UTC)),
        ("2022-05-04T07:56:29Z", datetime(2022, 5, 4, 7, 56, 29, tzinfo=UTC)),
        ("2023-12-06T11:17:00.96577Z", datetime(2023, 12, 6, 11, 17, 0, 965770, tzinfo=UTC)),
        ("2022-05-04", datetime(2022, 5, 3, 21, tzinfo=UTC)),
    ],
)
def test_every_shape_is_a_moment(text: str, expected: datetime) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "2022-13-01",
        "2026-11-20T10:00:00-03:00:07",
        "2026-11-20T10:00:00+03:00:00.5",
    ],
)
def test_what_is_no_time_of_this_century_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        moment(text)


@pytest.mark.parametrize("text", [None, "", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z"])
def test_never_is_none(text: str | None) -> None:
    assert moment_or_never(text) is None


def test_a_time_that_happened_is_not_never() -> None:
    assert moment_or_never("2022-03-09T00:00:00") == datetime(2022, 3, 9, tzinfo=MOSCOW)


def test_date_from_is_moscow_time_and_lets_its_own_second_through() -> None:
    assert date_from(datetime(2026, 11, 21, 21, 0, 0, tzinfo=UTC)) == "2026-11-21T23:59:59.999"


def test_a_day_begins_in_moscow() -> None:
    assert moscow_day(datetime(2026, 11, 21, 21, 0, tzinfo=UTC)) == date(2026, 11, 22)


@pytest.mark.parametrize("text", ["2025-09-07", "2025-09-07T00:00:00Z", "2025-09-07T23:59:59+03:00"])
def test_a_time_of_which_only_the_date_is_meant_names_a_day(text: str) -> None:
    assert day(text) == date(2025, 9, 7)


@pytest.mark.parametrize("text", ["", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31", "2025-13-01"])
def test_what_names_no_day_of_this_century_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        day(text)


@pytest.mark.parametrize("text", [None, "", "0001-01-01"])
def test_a_day_that_never_comes_is_none(text: str | None) -> None:
    assert day_or_none(text) is None


def test_a_day_that_comes_is_not_never() -> None:
    assert day_or_none("2026-12-01") == date(2026, 12, 1)
    with pytest.raises(ValueError, match=r".+"):
        day_or_none("31.12.2026")
