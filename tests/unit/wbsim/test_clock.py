"""Simulated time: fast, behind, and stopped."""

import time

import pytest
from wbsim.clock import Clock
from wbsim.running import running_wbsim


def test_it_begins_behind_and_runs_faster() -> None:
    clock = Clock(1000, behind=3600)
    began = clock.now()
    assert began == pytest.approx(time.time() - 3600, abs=100)
    time.sleep(0.02)
    assert clock.now() - began >= 20


def test_a_stopped_clock_stands_still_and_goes_on_from_there() -> None:
    clock = Clock(1000)
    clock.run_at(0)
    stopped = clock.now()
    time.sleep(0.01)
    assert clock.now() == stopped
    assert clock.real(stopped) == pytest.approx(time.time(), abs=1)
    clock.run_at(10)
    assert stopped <= clock.now() < stopped + 10
    assert clock.real(clock.now()) == pytest.approx(clock.real_now(), abs=0.1)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="speed"):
        Clock(-1)


async def test_the_clock_is_set_by_a_request() -> None:
    async with running_wbsim(history_orders=0, products=1, speed=100) as wb:
        await wb.clock(0)
        stopped = wb.world.clock.now()
        assert wb.world.clock.now() == stopped
