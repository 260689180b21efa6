"""Starting a process soon: a service that was killed is missed until it is back."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """For a block of imports. What they make stays for good: Python looks for no garbage in it, now or later.

    Looking takes a fifth of the time that a service needs to import what it runs on. What they freed, a tenth of what
    the process has by then, is given back to the system.
    """
    gc.disable()
    try:
        yield
    finally:
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


def tune_memory() -> None:
    """Fit Python's memory management to large pages and events."""
    gc.set_threshold(GC_THRESHOLD)
