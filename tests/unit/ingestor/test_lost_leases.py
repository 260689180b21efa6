"""When a run is stopped because its lease is gone."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from ingestor.sync import schedule
from ingestor.sync.leases import Leases


async def test_a_run_is_stopped_when_its_lease_is_gone_twice_and_not_while_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def none_is_held(*_: Any, **__: Any) -> set[UUID]:
        return set()

    async def run() -> None:
        with leases.held(uuid4(), uuid4()):
            await asyncio.Event().wait()

    monkeypatch.setattr(schedule, "renew", none_is_held)
    leases, connection = Leases("unused", seconds=3, longest_seconds=60), Any
    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    await leases._renew(connection)
    assert task.cancelling() == 0, "it may have given its lease back, and be about to end"
    await leases._renew(connection)
    assert task.cancelling() == 1
    with pytest.raises(asyncio.CancelledError):
        await task
