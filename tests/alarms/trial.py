"""What is broken on purpose, which alerts are to say so, and how it is mended."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from demo.installation import Installation


@dataclass(frozen=True)
class Trial:
    """`broken` breaks something and mends it at its end; meanwhile `alerts` are to fire."""

    name: str
    alerts: frozenset[str]
    broken: Callable[[Installation], AbstractContextManager[None]]
    around: Callable[[Installation], AbstractContextManager[object]] = nullcontext
    """What there is from before it is broken, until its alerts have ended."""
