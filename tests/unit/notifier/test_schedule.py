"""When a failed delivery is tried again."""

import random

import pytest
from notifier.deliveries import schedule
from notifier.deliveries.schedule import MAX_FAILURES, retry_delay_seconds


def test_the_schedule_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    clock, tried_at, failures = 0.0, [0.0], 0
    while (delay := retry_delay_seconds(failures := failures + 1)) is not None:
        clock += delay
        tried_at.append(clock)
    assert tried_at == [0, 5, 65, 365, 2165, 9365, 27365, 63365]
    assert failures == MAX_FAILURES == 8


@pytest.mark.parametrize("failures", range(1, MAX_FAILURES))
def test_jitter_stays_within_a_fifth(failures: int) -> None:
    base = schedule.BASE_DELAYS_SECONDS[failures - 1]
    delays = {retry_delay_seconds(failures) for _ in range(50)}
    assert len(delays) > 1
    assert all(delay is not None and 0.8 * base <= delay <= 1.2 * base for delay in delays)


@pytest.mark.parametrize(("asked", "waited"), [(1, 4), (600, 600), (10**9, 3600)])
def test_a_recipient_can_lengthen_the_wait_up_to_an_hour(
    monkeypatch: pytest.MonkeyPatch, asked: float, waited: float
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, _: low)
    assert retry_delay_seconds(1, asked) == waited


def test_a_recipient_cannot_make_us_go_on_for_ever() -> None:
    assert retry_delay_seconds(MAX_FAILURES, 5) is None
