"""Tasks that nobody waits for, whose failures are told all the same."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any


def watched(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """A task in the running loop; if it fails, that is logged as an error."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_tell)
    return task


def _tell(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logging.getLogger(__name__).error("%s has failed", task.get_name(), exc_info=error)
