"""Of what failed together it is found out which it was."""

import asyncio
from collections.abc import Sequence

import pytest
from reporter.jobs.alone import Failed, each_alone
from servicekit.db import Database
from sqlalchemy.ext.asyncio import create_async_engine

NOWHERE = Database(create_async_engine("postgresql+asyncpg://127.0.0.1:1/none"), "")
"""Nobody asks it: nothing takes too long here."""


class Work:
    """Fails wherever one of the odd units is."""

    def __init__(self, *odd: int, error: type[Exception] = ValueError) -> None:
        self.odd, self.error = set(odd), error
        self.done: list[int] = []
        self.tries = 0

    async def __call__(self, units: Sequence[int]) -> None:
        self.tries += 1
        if self.odd & set(units):
            raise self.error("odd")
        self.done += units


def of(failed: Sequence[Failed[int]]) -> list[list[int]]:
    return [list(each.units) for each in failed]


async def test_the_others_are_done_once_each_and_the_odd_one_is_soon_alone() -> None:
    work = Work(70)
    assert of(await each_alone(NOWHERE, range(256), work)) == [[70]]
    assert work.done == [unit for unit in range(256) if unit != 70]
    assert work.tries == 1 + 2 * 8


@pytest.mark.parametrize("odd", [(), (0,), (3, 4), tuple(range(10))])
async def test_however_many_are_odd_the_rest_is_done(odd: tuple[int, ...]) -> None:
    work = Work(*odd)
    failed = await each_alone(NOWHERE, range(10), work)
    assert sorted(of(failed)) == [[unit] for unit in odd]
    assert sorted(work.done) == sorted(set(range(10)) - set(odd))


async def test_kinds_are_apart_from_the_beginning() -> None:
    work = Work(3)
    assert of(await each_alone(NOWHERE, range(4), work, kind_of=lambda unit: unit == 3)) == [[3]]
    assert work.tries == 2


async def test_what_there_is_no_time_to_tell_apart_fails_together() -> None:
    work = Work(1)
    kinds = await each_alone(NOWHERE, range(6), work, kind_of=lambda unit: unit // 3, patience=0)
    assert of(kinds) == [[0, 1, 2]]
    assert work.done == [3, 4, 5]


@pytest.mark.parametrize("error", [ConnectionError, OSError])
async def test_an_outage_of_ours_is_no_units_fault(error: type[Exception]) -> None:
    work = Work(1, error=error)
    with pytest.raises(error):
        await each_alone(NOWHERE, range(6), work)
    assert work.tries == 1


async def test_a_process_that_ends_ends_it() -> None:
    async def cancelled(_: Sequence[int]) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await each_alone(NOWHERE, range(6), cancelled)
