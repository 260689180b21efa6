"""Events of one cabinet take locks, and leave nothing behind."""

import gc
from uuid import UUID

from reporter.cabinet_locks import CabinetLocks


async def test_a_cabinet_has_one_lock_while_somebody_has_it() -> None:
    locks = CabinetLocks()
    async with locks.of(UUID(int=1)) as _:
        assert locks.of(UUID(int=1)).locked()
        assert not locks.of(UUID(int=2)).locked()


async def test_locks_nobody_has_are_forgotten() -> None:
    locks = CabinetLocks()
    for number in range(100):
        async with locks.of(UUID(int=number)):
            pass
    gc.collect()
    assert len(locks._locks) == 0
