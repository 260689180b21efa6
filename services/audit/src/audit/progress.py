"""How far something has come, for who waits at a terminal."""

import time
from typing import TextIO

from audit.verifying.verify import Progress, silent

WIDTH = 30
EVERY_SECONDS = 0.2


def bar(stream: TextIO) -> Progress:
    """A bar that is drawn in place, with what is left; nothing where nobody looks."""
    if not stream.isatty():
        return silent
    began = time.monotonic()
    drawn = 0.0

    def draw(done: int, total: int) -> None:
        nonlocal drawn
        now = time.monotonic()
        if done < total and now - drawn < EVERY_SECONDS:
            return
        drawn = now
        filled = WIDTH * done // max(total, 1)
        left = (now - began) * (total - done) / max(done, 1)
        drawing, end = "#" * filled + "." * (WIDTH - filled), "\n" if done >= total else ""
        stream.write(f"\r[{drawing}] {done:,} of {total:,} records, {left:.0f} s left {end}")
        stream.flush()

    return draw
