"""How long work rests that nobody waits for."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from reporter.figures.pacing import LONGEST_REST_SECONDS, RECENT_SECONDS, RESTS, Pace, in_turns

Rested = Callable[..., Awaitable[float]]


@pytest.fixture
def rested(monkeypatch: pytest.MonkeyPatch) -> Rested:
    """Seconds asked for after a block that took so many, `after` so many more since the one before."""
    now, asked, pace = 0.0, 0.0, Pace()

    async def sleep(seconds: float) -> None:
        nonlocal asked
        asked += seconds

    async def rested(took: float, *, live: bool = False, after: float = 0.0) -> float:
        nonlocal now, asked
        now, asked = now + after, 0.0
        with monkeypatch.context() as patched:
            patched.setattr(asyncio.get_running_loop(), "time", lambda: now)
            patched.setattr(asyncio, "sleep", sleep)
            async with pace.unhurried():
                now += took
                if live:
                    pace.live()
        return asked

    return rested


async def test_without_live_events_it_never_rests(rested: Rested) -> None:
    assert await rested(0.25) == 0
    assert await rested(30.0) == 0


async def test_while_they_come_it_rests_several_times_as_long_as_it_took(rested: Rested) -> None:
    assert await rested(0.25, live=True) == RESTS * 0.25
    assert await rested(0.5) == RESTS * 0.5
    assert await rested(0.25, after=RECENT_SECONDS) == 0


async def test_what_waited_for_a_lock_rests_no_longer_for_it(rested: Rested) -> None:
    assert await rested(30.0, live=True) == LONGEST_REST_SECONDS


async def test_what_else_there_is_to_do_goes_between_the_pieces_of_long_work() -> None:
    done = []

    async def other() -> None:
        for _ in range(3):
            done.append("other")
            await asyncio.sleep(0)

    others = asyncio.create_task(other())
    async for piece in in_turns("abc"):
        done.append(piece)
    await others
    assert done == ["a", "other", "b", "other", "c", "other"]


async def test_while_they_come_such_works_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, inside, most = Pace(), 0, 0

    async def work() -> None:
        nonlocal inside, most
        async with pace.unhurried():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(work() for _ in range(5)))
    assert most == 5
    most = 0
    pace.live()
    await asyncio.gather(*(work() for _ in range(5)))
    assert most == 1
