"""Whatever fails, fails alone: of what failed together it is found out which it was, and the rest is done."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

from servicekit.db import Database
from servicekit.faults import is_ours

T = TypeVar("T")

PATIENCE_SECONDS = 10.0
"""Of failing, to find out. What takes long before it fails is not looked at any closer: the other cabinets wait."""


@dataclass(frozen=True)
class Failed(Generic[T]):
    """What failed: one alone, or several where there was no time to tell them apart."""

    units: Sequence[T]
    error: Exception


async def each_alone(
    database: Database,
    units: Sequence[T],
    work: Callable[[Sequence[T]], Awaitable[None]],
    *,
    kind_of: Callable[[T], Any] = lambda _: "",
    around: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    patience: float = PATIENCE_SECONDS,
) -> list[Failed[T]]:
    """Do the work for each kind of the units, a transaction each; what fails is halved until it is alone.

    `around` each try may take its time.

    Raises:
        Exception: the database is away or too busy (`servicekit.faults`), which is no unit's fault.
    """
    clock = asyncio.get_running_loop().time
    spent = 0.0

    waiting = deque(list(group) for _, group in groupby(sorted(units, key=kind_of), kind_of))
    failed: list[Failed[T]] = []
    while waiting:
        group = waiting.popleft()
        async with around():
            began = clock()
            try:
                await work(group)
            except Exception as error:
                if await is_ours(error, database):
                    raise
                spent += clock() - began
                if len(group) == 1 or spent >= patience:
                    failed.append(Failed(group, error))
                else:
                    middle = len(group) // 2
                    waiting.extendleft([group[middle:], group[:middle]])
    return failed
