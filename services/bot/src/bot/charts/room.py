"""Where charts are drawn: in one thread beside the loop, one at a time, and no more waiting than will be looked at."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

MAX_WAITING = 16
"""Pictures of 150 ms each: whoever comes after them would wait longer than he looks at the screen."""


class Busy(Exception):
    """Too many charts are asked for at once."""


class Room:
    """One thread that draws; matplotlib is loaded in it once somebody is there, so that no seller waits for that, and
    40 MB later than the bot is."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")
        self._waiting = 0
        self._loading: Future[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.to_thread(self._thread.shutdown, cancel_futures=True)

    def prepare(self) -> None:
        """Somebody is there, who may want a chart: load what draws it, beside; the first time alone."""
        if self._loading is None:
            self._loading = self._thread.submit(_load)

    async def drawn(self, draw: Callable[[], bytes]) -> bytes:
        """What `draw` makes. A picture that nobody waits for any more is not begun.

        Raises:
            Busy: 16 wait already.
        """
        if self._waiting >= MAX_WAITING:
            raise Busy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, draw)
        finally:
            self._waiting -= 1


def _load() -> None:
    """Import matplotlib and draw once: fonts are read and kept by it."""
    from bot.charts import canvas

    figure, axes = canvas.blank("0", "0")
    canvas.dressed(axes)
    canvas.png(figure)
