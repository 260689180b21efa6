"""Work that nobody waits for leaves time to work that somebody does."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, nullcontext
from typing import TypeVar

T = TypeVar("T")

RESTS = 7
"""How many times as long as it took such work rests, while live events come."""

LONGEST_REST_SECONDS = 10.0
"""What took longer than a seventh of it did not work, but waited, such as for a lock that somebody held."""

RECENT_SECONDS = 1.0
"""Live events come if the last one came so long ago at most."""


class Pace:
    """The pace of a process: all of its time where nothing else is to be done, an eighth while live events come."""

    def __init__(self) -> None:
        self._live_at = -math.inf
        self._turn = asyncio.Lock()

    def live(self) -> None:
        """A live event has come."""
        self._live_at = asyncio.get_running_loop().time()

    @asynccontextmanager
    async def unhurried(self) -> AsyncIterator[None]:
        """Rests after the block, in proportion to its time, but for 10 s at most: processor and disk are then free for
        live events.

        While these come such works take turns, rests included: however many they are, together they have an eighth,
        as long as none takes longer than 1.4 s.
        """
        clock = asyncio.get_running_loop().time
        async with self._turn if self._is_live() else nullcontext():
            began = clock()
            yield
            if self._is_live():
                await asyncio.sleep(min(RESTS * (clock() - began), LONGEST_REST_SECONDS))

    def _is_live(self) -> bool:
        return asyncio.get_running_loop().time() - self._live_at <= RECENT_SECONDS


async def in_turns(work: Iterable[T]) -> AsyncIterator[T]:
    """The pieces of some work, after each of which whatever else the process has to do goes first."""
    for piece in work:
        yield piece
        await asyncio.sleep(0)
