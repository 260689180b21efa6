"""A relay that is told to stop stops, whatever its connection to the database does."""

import asyncio
from typing import Any, cast

import asyncpg
import pytest
from servicekit.db import Database
from servicekit.outbox import Relay
from servicekit.outbox.relay import OutboxRow


class UnresponsiveListener:
    """A connection that listens, and whose polite close never succeeds."""

    def __init__(self) -> None:
        self.listening = asyncio.Event()

    async def fetchval(self, _: str) -> str:
        return "kit"

    async def add_listener(self, *_: Any) -> None:
        self.listening.set()

    def add_termination_listener(self, _: Any) -> None:
        return

    def is_closed(self) -> bool:
        return False

    def terminate(self) -> None:
        return

    async def close(self, **_: Any) -> None:
        raise TimeoutError


async def test_a_cancellation_is_not_lost_to_a_close_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    listener = UnresponsiveListener()

    async def connect(*_: Any, **__: Any) -> UnresponsiveListener:
        return listener

    async def nothing(_: Relay) -> int:
        return 0

    async def publish(_: OutboxRow) -> None:
        raise AssertionError("nothing to publish")

    monkeypatch.setattr(asyncpg, "connect", connect)
    monkeypatch.setattr(Relay, "relay_batch", nothing)
    relay = Relay(cast(Database, type("Nowhere", (), {"dsn": ""})()), publish)
    task = asyncio.create_task(relay.run())
    await listener.listening.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 60)
    assert task.cancelled()
