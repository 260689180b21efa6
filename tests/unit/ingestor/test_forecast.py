"""What each of those who share a bucket gets of it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import RESOURCES
from ingestor.sync.forecast import Cadence, cadence, fair_seconds

SECONDS = st.floats(0.2, 100_000)
MINUTE, HOUR = 60.0, 3600.0


@given(st.lists(SECONDS, min_size=1, max_size=12), SECONDS)
def test_a_bucket_is_shared_by_need_used_up_and_never_overdrawn(wanted: list[float], interval: float) -> None:
    share = fair_seconds(wanted, interval)
    rates = [1 / max(each, share) for each in wanted]
    assert sum(rates) <= 1 / interval * (1 + 1e-9)
    assert all(max(each, share) <= max(each, interval * len(wanted)) * (1 + 1e-9) for each in wanted)
    if sum(1 / each for each in wanted) > 1 / interval * (1 + 1e-9):
        assert sum(rates) == pytest.approx(1 / interval)


@pytest.mark.parametrize(
    ("resource", "method_seconds", "cabinets", "expected"),
    [
        ("orders", MINUTE, 1, Cadence(MINUTE, "schedule")),
        ("orders", 3 * HOUR, 1, Cadence(3 * HOUR, "limits")),
        ("orders", MINUTE, 3, Cadence(3 * MINUTE, "sharing")),
        ("tariffs_box", MINUTE, 3, Cadence(RESOURCES["tariffs_box"].refresh.total_seconds(), "schedule")),
    ],
)
def test_what_is_bounded_says_by_what(resource: str, method_seconds: float, cabinets: int, expected: Cadence) -> None:
    forecast = cadence(RESOURCES[resource], interval_seconds=MINUTE, method_seconds=method_seconds, cabinets=cabinets)
    assert forecast.because == expected.because
    assert forecast.seconds == pytest.approx(expected.seconds)


@pytest.mark.parametrize(
    ("resource", "days", "expected"),
    [
        ("orders", 2.9, Cadence(MINUTE, "schedule")),
        ("orders", 3, Cadence(2 * MINUTE, "dormant")),
        ("orders", 5.5, Cadence(8 * MINUTE, "dormant")),
        ("orders", 400, Cadence(15 * MINUTE, "dormant")),
        ("feedbacks", 400, Cadence(15 * MINUTE, "dormant")),
        ("stocks", 4, Cadence(20 * MINUTE, "dormant")),
        ("stocks", 400, Cadence(HOUR, "dormant")),
        ("finance", 400, Cadence(6 * HOUR, "schedule")),
    ],
)
def test_where_nothing_happens_it_is_read_half_as_often_each_day_to_a_limit(
    resource: str, days: float, expected: Cadence
) -> None:
    asked: dict[str, Any] = {
        "interval_seconds": MINUTE,
        "method_seconds": 20,
        "cabinets": 1,
        "dormant_after": timedelta(days=3),
    }
    assert cadence(RESOURCES[resource], **asked, idle=timedelta(days=days)) == expected


def test_where_limits_allow_no_more_than_a_dormant_cabinet_wants_they_are_the_reason() -> None:
    asked: dict[str, Any] = {
        "interval_seconds": MINUTE,
        "cabinets": 1,
        "idle": timedelta(days=9),
        "dormant_after": timedelta(days=3),
    }
    assert cadence(RESOURCES["orders"], **asked, method_seconds=3 * HOUR).because == "limits"
    assert cadence(RESOURCES["orders"], **asked, method_seconds=2 * MINUTE).because == "dormant"


def test_what_rare_readings_of_a_bucket_leave_goes_to_the_frequent_one() -> None:
    """Twelve minutes a call, as for feedbacks of a base token, and three who want less than a third of that."""
    assert fair_seconds([1, 36 * HOUR, 36 * HOUR], 720) == pytest.approx(720 / (1 - 2 * 720 / (36 * HOUR)))
