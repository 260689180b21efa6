"""What goes over the wire to Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from redis.asyncio.connection import AbstractConnection


@contextmanager
def round_trips() -> Iterator[list[object]]:
    """What this process sends to Redis, each time that it sends and waits."""
    log: list[object] = []
    send = AbstractConnection.send_packed_command

    async def noted(self: Any, command: Any, *arguments: Any, **options: Any) -> None:
        log.append(command)
        await send(self, command, *arguments, **options)

    with patch.object(AbstractConnection, "send_packed_command", noted):
        yield log
