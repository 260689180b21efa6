"""Turns and pauses of one channel, without Redis."""

import asyncio
import time

from notifier.deliveries.limits import Limits
from notifier.deliveries.throttle import Throttle


def throttle(per_second: float = 1000) -> Throttle:
    return Throttle(Limits.of(per_second=1000, per_chat_per_second=per_second, per_group_per_minute=20))


async def test_a_pause_gives_the_turn_back_at_once_and_is_never_shortened() -> None:
    limits = throttle()
    await limits.limited("7", 60)
    await limits.limited("7", 1)
    assert 59 < await limits.turn("7", 0.0) <= 60
    assert 59 < limits.wait_seconds("7") <= 60
    assert await limits.take(["7"]) == [None]


async def test_a_pause_that_begins_while_one_waits_for_its_turn_holds_it_too() -> None:
    limits = throttle()
    waiting = asyncio.create_task(limits.turn("7", time.monotonic() + 0.2))
    await asyncio.sleep(0)
    await limits.limited("7", 60)
    assert await waiting > 59


async def test_a_pause_of_one_topic_is_the_whole_chats_and_nobody_elses() -> None:
    limits = throttle()
    await limits.limited("-7/1", 60)
    assert [turn is None for turn in await limits.take(["-7/2", "-7", "-8/1", "8"])] == [True, True, False, False]


async def test_three_chats_at_once_hold_everybody() -> None:
    limits = throttle()
    assert [await limits.limited(chat, 5) for chat in "123"] == [0, 0, 5]
    assert await limits.turn("9", 0.0) > 4
    assert limits.room() == 0
    assert limits.look_again_seconds() > 4


async def test_a_turn_that_was_missed_is_not_used_but_another_one_is_taken() -> None:
    limits = throttle(per_second=0.1)
    assert await limits.turn("7", time.monotonic() - 1) == 0
    # Taken once: there is none for the next one that was missed.
    assert await limits.turn("7", time.monotonic() - 1) > 5
