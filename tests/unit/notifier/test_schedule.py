"""When a failed delivery is tried again."""

import random
from typing import get_args

import pytest
from contracts.notifications import Channel
from notifier.deliveries import schedule
from notifier.deliveries.schedule import max_failures, probe_delays_seconds, retry_delay_seconds
from notifier.waiting import KEEP_DAYS


def test_the_schedule_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    clock, tried_at, failures = 0.0, [0.0], 0
    while (delay := retry_delay_seconds("telegram", failures := failures + 1, may_have_come=True)) is not None:
        clock += delay
        tried_at.append(clock)
    # What may be in its chat already comes no more often than that.
    assert tried_at == [0, 5, 65, 365, 2165, 9365, 27365, 63365]
    assert failures == 8


@pytest.mark.parametrize("jitter", [0.8, 1.0, 1.2])
@pytest.mark.parametrize("channel", get_args(Channel))
def test_what_a_receiver_refuses_is_tried_17_times_over_7_days_at_least(
    monkeypatch: pytest.MonkeyPatch, jitter: float, channel: Channel
) -> None:
    monkeypatch.setattr(random, "uniform", lambda *_: jitter)
    tries, days = 1, 0.0
    while (delay := retry_delay_seconds(channel, tries)) is not None:
        tries, days = tries + 1, days + delay / 86_400
    assert tries == max_failures(channel) == 17
    assert 7 <= days < KEEP_DAYS


def test_a_program_that_drops_repeats_gets_what_may_have_come_as_often_as_anything() -> None:
    assert max_failures("webhook", may_have_come=True) == 17


@pytest.mark.parametrize("failures", range(1, 8))
@pytest.mark.parametrize("channel", ["telegram", "webhook"])
def test_jitter_stays_within_a_fifth(failures: int, channel: Channel) -> None:
    base = schedule.DELAYS_SECONDS[failures - 1]
    delays = {retry_delay_seconds(channel, failures) for _ in range(50)}
    assert len(delays) > 1
    assert all(delay is not None and 0.8 * base <= delay <= 1.2 * base for delay in delays)


@pytest.mark.parametrize(
    ("channel", "longest"), [("telegram", 60), ("firebase", 60), ("webhook", 3600), ("email", 3600), ("webpush", 3600)]
)
def test_where_one_host_stands_before_all_nobody_waits_long_for_it(
    monkeypatch: pytest.MonkeyPatch, channel: Channel, longest: float
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: (low + high) / 2)
    assert max(probe_delays_seconds(channel)) == longest
    waits = [retry_delay_seconds(channel, failures, was_away=True) for failures in range(1, 5)]
    assert waits == ([5, 60, 60, 60] if longest == 60 else [5, 60, 300, 1800])
    # What a chat itself refuses is no outage of its host.
    assert retry_delay_seconds(channel, 4) == 1800


@pytest.mark.parametrize(("asked", "waited"), [(1, 4), (600, 600), (10**9, 3600)])
def test_a_recipient_can_lengthen_the_wait_up_to_an_hour(
    monkeypatch: pytest.MonkeyPatch, asked: float, waited: float
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, _: low)
    assert retry_delay_seconds("webhook", 1, asked) == waited


def test_a_recipient_cannot_make_us_go_on_for_ever() -> None:
    assert retry_delay_seconds("webhook", max_failures("webhook"), 5) is None
