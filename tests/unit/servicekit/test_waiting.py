"""Waiting for a wake-up."""

import asyncio

import pytest
from servicekit.waiting import wait_for_event


async def test_it_ends_when_the_event_is_set_long_before_the_time_is_over() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_for_event(event, 3600))
    await asyncio.sleep(0)
    assert not waiting.done()
    event.set()
    async with asyncio.timeout(60):
        await waiting
    assert event.is_set()


async def test_it_ends_without_the_event_when_the_time_is_over() -> None:
    event = asyncio.Event()
    async with asyncio.timeout(60):
        await wait_for_event(event, 0.01)
    assert not event.is_set()


async def test_a_cancellation_that_comes_with_the_event_is_not_swallowed() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(wait_for_event(event, 3600))
    await asyncio.sleep(0)
    event.set()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
