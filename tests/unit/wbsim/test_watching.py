"""Life that breaks down is not silent about it."""

import asyncio
import logging

import pytest
from wbsim.watching import watched


async def test_a_task_that_fails_is_told_of_by_name(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("no buyers left")

    with caplog.at_level(logging.ERROR):
        await asyncio.wait({watched(fail(), "buyers of somebody")})
        await asyncio.sleep(0)
    [record] = caplog.records
    assert record.getMessage() == "buyers of somebody has failed"
    assert record.exc_info


async def test_a_task_that_is_stopped_is_not(caplog: pytest.LogCaptureFixture) -> None:
    task = watched(asyncio.sleep(60), "buyers")
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    await asyncio.sleep(0)
    assert caplog.records == []
