"""Being told of deliveries, and ceasing to be."""

import asyncio
from typing import Any

import asyncpg
import pytest
from notifier.deliveries.wakeup import listening


class HungConnection:
    """A connection whose server no longer answers."""

    def __init__(self) -> None:
        self.is_terminated = False

    async def fetchval(self, _: str) -> str:
        return "notifier"

    async def execute(self, *_: Any) -> None:
        """It is held."""

    async def add_listener(self, *_: Any) -> None:
        """Nothing will come."""

    def is_closed(self) -> bool:
        return self.is_terminated

    async def close(self, *, timeout: float) -> None:  # asyncpg's signature
        raise TimeoutError

    def terminate(self) -> None:
        self.is_terminated = True


async def test_a_connection_that_hangs_does_not_swallow_a_cancellation(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = HungConnection()

    async def connect(*_: Any, **__: Any) -> HungConnection:
        return connection

    monkeypatch.setattr(asyncpg, "connect", connect)
    listens = asyncio.Event()

    async def listen() -> None:
        async with listening("unused://", asyncio.Event(), "telegram") as wakeup:
            listens.set()
            await wakeup.wait(60)

    task = asyncio.create_task(listen())
    await listens.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert connection.is_terminated
