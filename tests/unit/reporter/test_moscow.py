"""Days begin at midnight in Moscow, whatever zone a moment is written in."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from contracts.model import MOSCOW
from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.moscow import day_of


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 19, 20, 59, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 19, 21, 0, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 0, 0, 0, tzinfo=MOSCOW), date(2026, 11, 20)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=2))), date(2027, 1, 1)),
    ],
)
def test_the_day_of_a_moment(moment: datetime, day: date) -> None:
    assert day_of(moment) == day


@given(st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.timezones()))  # noqa: DTZ001  # a bound has no zone
def test_the_zone_a_moment_is_written_in_does_not_matter(moment: datetime) -> None:
    assert day_of(moment) == day_of(moment.astimezone(UTC))
