"""Machines whose clocks are wrong."""

import time
from collections.abc import Awaitable, Callable

import pytest
from servicekit import clock, database_clock
from servicekit.db import Database

Machine = Callable[[Database, float], Awaitable[None]]


def machines(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """What makes this process go on as one that starts on a machine whose clock is so many seconds ahead."""

    async def start(database: Database, ahead_seconds: float) -> None:
        monkeypatch.setattr(clock, "wall", lambda: time.time() + ahead_seconds)
        monkeypatch.setattr(clock, "_difference_seconds", 0.0)
        await database_clock.follow(database)

    return start
