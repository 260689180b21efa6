"""Events of one cabinet take turns, and leave nothing behind."""

import gc
from uuid import UUID

from reporter.turns import Turns


async def test_a_cabinet_has_one_lock_while_somebody_has_it() -> None:
    turns = Turns()
    async with turns.of(UUID(int=1)) as _:
        assert turns.of(UUID(int=1)).locked()
        assert not turns.of(UUID(int=2)).locked()


async def test_locks_nobody_has_are_forgotten() -> None:
    turns = Turns()
    for number in range(100):
        async with turns.of(UUID(int=number)):
            pass
    gc.collect()
    assert len(turns._locks) == 0
