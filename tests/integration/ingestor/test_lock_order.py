"""Whoever locks several rows of a cabinet cannot wait for one another in a circle."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from ingestor.resources import RESOURCES, stocks
from ingestor.sync import cabinet_syncs, schedule
from ingestor.sync.schedule import Ending
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.eventually import eventually
from support.ingesting import Ingestor, claim, connect_cabinet, connected, disconnected, sync_requested, take
from support.rows import rows
from wbsim.running import Wbsim

ENDING = Ending("completed", 60, 0, completed=True)


@pytest.fixture(autouse=True)
def feed(monkeypatch: pytest.MonkeyPatch, few_resources: Any) -> None:
    """`feed` stands in for orders."""
    monkeypatch.setitem(RESOURCES, "feed", replace(stocks.RESOURCE, name="feed", stands_in_for="orders"))


async def free(database: Database) -> set[str]:
    """Syncs whose rows nobody has locked."""
    return {row["resource"] for row in await rows(database, "SELECT resource FROM sync_state FOR UPDATE SKIP LOCKED")}


async def is_waiting(database: Database) -> bool:
    return bool(await rows(database, "SELECT 1 FROM pg_locks WHERE NOT granted"))


def call_in(connection: AsyncConnection, cabinet_id: UUID) -> Awaitable[None]:
    return cabinet_syncs.call_in(connection, cabinet_id, ["feed"])


def send_home(connection: AsyncConnection, cabinet_id: UUID) -> Awaitable[None]:
    return cabinet_syncs.send_home(connection, cabinet_id, ["feed"])


@pytest.mark.parametrize("beside", [call_in, send_home, cabinet_syncs.retry_suspended])
async def test_an_ending_and_a_new_token_at_once(
    ingestor: Ingestor, wb: Wbsim, beside: Callable[[AsyncConnection, UUID], Awaitable[None]]
) -> None:
    cabinet_id = await connect_cabinet(ingestor, wb)
    if beside is not call_in:
        # As one that was called in.
        async with ingestor.database.transaction() as connection:
            await connection.execute(
                text("UPDATE sync_state SET next_run_at = now() + interval '1 h', suspended_reason = 'scope_missing'")
            )
            await connection.execute(text("UPDATE sync_state SET next_run_at = now() WHERE resource = 'orders'"))
    lease = next(lease for lease in await claim(ingestor.database) if lease.resource == "orders")
    token = await wb.token()
    async with ingestor.database.transaction() as connection:
        await schedule.finish(connection, lease, ENDING, accepted=False)
        halting = asyncio.create_task(take(ingestor.database, connected(token, cabinet_id=cabinet_id)))

        async def has_locked_the_others() -> bool:
            return "feed" not in await free(ingestor.database)

        await eventually(has_locked_the_others)
        await beside(connection, cabinet_id)
    await halting
    halted = await rows(ingestor.database, "SELECT 1 FROM sync_state WHERE next_run_at = 'infinity'")
    assert len(halted) == len(RESOURCES)


async def test_an_ending_and_a_disconnection_at_once(ingestor: Ingestor, wb: Wbsim) -> None:
    cabinet_id = await connect_cabinet(ingestor, wb)
    lease = next(lease for lease in await claim(ingestor.database) if lease.resource == "orders")
    async with ingestor.database.transaction() as connection:
        await schedule.finish(connection, lease, ENDING, accepted=True)
        await asyncio.wait_for(take(ingestor.database, disconnected(cabinet_id)), 60)
        await cabinet_syncs.call_in(connection, cabinet_id, ["feed"])
    assert await claim(ingestor.database) == []


async def test_a_request_holds_no_sync_while_it_waits_for_the_cabinet(ingestor: Ingestor, wb: Wbsim) -> None:
    cabinet_id = await connect_cabinet(ingestor, wb)
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("SELECT 1 FROM cabinets FOR UPDATE"))
        asking = asyncio.create_task(take(ingestor.database, sync_requested(cabinet_id, "orders", "products")))

        async def waits() -> bool:
            return await is_waiting(ingestor.database)

        await eventually(waits)
        assert await free(ingestor.database) == set(RESOURCES)
        await cabinet_syncs.halt(connection, cabinet_id)
    await asking
