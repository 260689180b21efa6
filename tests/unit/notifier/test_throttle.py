"""Turns and pauses of one channel."""

import asyncio
import time

from notifier.deliveries.throttle import Throttle


async def test_a_short_pause_is_sat_out() -> None:
    throttle = Throttle(per_second=1000, per_recipient_per_second=1000, per_group_per_minute=20)
    throttle.limited("7", 0.2)
    ends_at = time.monotonic() + 0.2
    turns = await asyncio.gather(*(throttle.turn("7", 0.0) for _ in range(3)))
    assert turns == [0.0] * 3
    assert time.monotonic() >= ends_at - 0.001


async def test_a_long_pause_gives_the_turn_back_at_once() -> None:
    throttle = Throttle(per_second=1000, per_recipient_per_second=1000, per_group_per_minute=20)
    throttle.limited("7", 60)
    throttle.limited("7", 1)  # never shortens
    assert 59 < await throttle.turn("7", 0.0) <= 60
    assert 59 < throttle.wait_seconds("7") <= 60


async def test_a_pause_that_begins_while_one_waits_for_its_turn_holds_it_too() -> None:
    throttle = Throttle(per_second=1000, per_recipient_per_second=4, per_group_per_minute=20)
    throttle.take("7")
    waiting = asyncio.create_task(throttle.turn("7", throttle.take("7")))
    await asyncio.sleep(0)
    throttle.limited("7", 60)
    assert await waiting > 59
