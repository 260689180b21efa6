"""Waiting for a wake-up, but not for ever."""

import asyncio
from contextlib import suppress


async def wait_for_event(event: asyncio.Event, seconds: float) -> None:
    """Return once the event is set, or after so many seconds; the event stays as it is."""
    # Not wait_for: before Python 3.12 it may swallow a cancellation that comes together with the event.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
