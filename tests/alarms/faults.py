"""Faults of the fake outer worlds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

UNAVAILABLE = {"kind": "outage", "how": "unavailable"}


@contextmanager
def faulty(control: httpx.Client, *faults: dict[str, Any]) -> Iterator[None]:
    """A fake, which `control` sets, has these faults; the end mends all that it has."""
    for fault in faults:
        control.post("/_sim/faults", json=fault).raise_for_status()
    try:
        yield
    finally:
        control.delete("/_sim/faults").raise_for_status()
