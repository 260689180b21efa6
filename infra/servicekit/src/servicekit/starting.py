"""Starting a process soon: a service that was killed is missed until it is back."""

import asyncio
import ctypes
import gc
import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

COLOURS = ("rich", "pygments")
"""What structlog and httpx bring for terminals, where they find it: 4 MB and 90 modules."""
CERTIFICATES = ("cryptography",)
"""What jwt and redis bring for keys that are not one secret, where they find it: 9 MB and 50 modules."""


@contextmanager
def importing(*, without: tuple[str, ...] = COLOURS) -> Iterator[None]:
    """For a block of imports. What they make stays for good: Python looks for no garbage in it, now or later.

    Looking takes a fifth of the time that a service needs to import what it runs on. What they freed, a tenth of what
    the process has by then, is given back to the system. Libraries that use others only where they find them do not
    find those of `without`.
    """
    heed_cancellations()
    hidden = [name for name in without if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: there is no such module
    gc.disable()
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        gc.freeze()
        gc.enable()
        _give_back()


def _give_back() -> None:
    # Modules are read in buffers of megabytes; glibc keeps what lies between others that are in use. Other C libraries
    # have no such call, and need none.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


GC_THRESHOLD = 50_000
"""Python looks for cycles after so many new objects. A page or an event of rows is tens or hundreds of thousands of
them, without a cycle: looking every 700, as it does otherwise, takes up to half of the time of reading it."""


def heed_cancellations() -> None:
    """Let no `asyncio.wait_for` swallow a cancellation, not that of a library either.

    Before Python 3.12 one that comes together with the result is forgotten (cpython issue 86296): a sender that was
    cancelled while Redis took its request went on.
    """
    if sys.version_info < (3, 12):
        asyncio.wait_for = _wait_for  # type: ignore[assignment]  # it takes generators too, which nobody awaits


async def _wait_for(fut: Awaitable[T], timeout: float | None) -> T:
    async with asyncio.timeout(timeout):
        return await fut


def tune_memory() -> None:
    """Fit Python's memory management to large pages and events."""
    gc.set_threshold(GC_THRESHOLD)
