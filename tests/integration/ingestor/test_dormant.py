"""Cabinets in which nothing happens and that nobody reads: read more and more rarely, until something does."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from ingestor.resources import RESOURCES
from servicekit.db import Database
from support.ingesting import Ingestor, claim, connect_cabinet, connected, open_ingestor, sync_requested, take
from support.outbox_rows import published
from support.rows import execute, rows
from support.sync_states import state
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")

RATE = 1000
"""Days and minutes are so much shorter here."""

MINUTES = 60


@pytest.fixture
async def ingestor(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim
) -> AsyncIterator[Ingestor]:
    """One that reads orders every minute, with nothing running yet."""
    changes = {"wb_rate_limit": RATE, "sync_interval": 1 / RATE}
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, **changes) as made:
        yield made


async def idle_for(ingestor: Ingestor, *, days: float) -> None:
    """Nothing has happened for so long."""
    await execute(
        ingestor.database,
        "UPDATE cabinets SET active_at = now() - make_interval(secs => :seconds)",
        seconds=days * 86_400 / RATE,
    )


async def every(ingestor: Ingestor, resource: str = "orders") -> tuple[float | None, str | None]:
    row = await state(ingestor.database, resource)
    seconds = row["every_seconds"]
    return None if seconds is None else round(seconds * RATE / MINUTES), row["every_because"]


@pytest.fixture
async def cabinet(ingestor: Ingestor, wb: Wbsim) -> UUID:
    """One whose first loads are done, and that is read as rarely as there is."""
    cabinet_id = await connect_cabinet(ingestor, wb)
    for _ in range(2):
        for resource in ("products", "stocks", "orders"):
            await ingestor.sync(resource)
            await idle_for(ingestor, days=30)
    assert await every(ingestor) == (15, "dormant")
    assert await every(ingestor, "stocks") == (60, "dormant")
    # The minutes of a dormant cabinet are too short here for what comes next.
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now() + interval '1 hour'")
    return cabinet_id


async def due(ingestor: Ingestor) -> set[str]:
    found = await rows(ingestor.database, "SELECT resource FROM sync_state WHERE next_run_at <= now()")
    return {row["resource"] for row in found}


async def test_it_is_read_more_rarely_day_by_day(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("orders")
    seen = []
    for days in (2.5, 3.5, 4.5, 5.5, 6.5, 3000):
        await idle_for(ingestor, days=days)
        await ingestor.sync("orders")
        seen.append(await every(ingestor))
    assert seen == [(1, "schedule"), (2, "dormant"), (4, "dormant"), (8, "dormant"), (15, "dormant"), (15, "dormant")]


async def test_the_first_change_ends_it_for_all_of_the_cabinet(ingestor: Ingestor, wb: Wbsim, cabinet: UUID) -> None:
    other = await connect_cabinet(ingestor, wb, sid=await wb.seller(name="another"))
    await execute(
        ingestor.database,
        "UPDATE sync_state SET every_because = 'dormant', next_run_at = now() + interval '1 hour'"
        " WHERE cabinet_id = :other",
        other=other,
    )
    await execute(ingestor.database, "UPDATE sync_state SET failures = 1 WHERE resource = 'products'")
    await wb.place_orders(count=1)
    await execute(
        ingestor.database,
        "UPDATE sync_state SET next_run_at = now() WHERE cabinet_id = :id AND resource = 'orders'",
        id=cabinet,
    )
    [lease] = await ingestor.parts.engine.claim(10)
    assert await ingestor.parts.engine.run(lease) is not None
    found = await rows(
        ingestor.database,
        "SELECT cabinet_id, resource, every_because, next_run_at <= now() AS due, every_seconds FROM sync_state",
    )
    of = {(row["cabinet_id"], row["resource"]): row for row in found}
    assert of[cabinet, "orders"]["every_because"] == "schedule"
    assert (of[cabinet, "stocks"]["every_because"], of[cabinet, "stocks"]["due"]) == (None, True)
    assert (of[cabinet, "products"]["every_because"], of[cabinet, "products"]["due"]) == (None, False), "it failed"
    assert {of[other, name]["every_because"] for name in ("orders", "stocks", "products")} == {"dormant"}


async def test_a_manual_sync_ends_it_for_all_of_the_cabinet(ingestor: Ingestor, cabinet: UUID) -> None:
    request = sync_requested(cabinet, "stocks")
    await take(ingestor.database, request)
    assert await due(ingestor) == {"orders", "products", "stocks"}
    first = await claim(ingestor.database, 1)
    assert [lease.resource for lease in first] == ["stocks"], "what was asked for goes first"
    await execute(ingestor.database, "UPDATE sync_state SET lease_until = NULL")
    for lease in await ingestor.parts.engine.claim(10):
        await ingestor.parts.engine.run(lease)
    assert {await every(ingestor, name) for name in ("orders", "stocks")} == {(1, "schedule"), (5, "schedule")}
    told = await published(ingestor.database, "sync.completed.v1")
    assert request.data.sync_id in {event.data.sync_id for event in told}


async def test_a_run_that_began_before_it_ended_is_followed_by_another_at_once(
    ingestor: Ingestor, cabinet: UUID
) -> None:
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now() WHERE resource = 'orders'")
    [lease] = await ingestor.parts.engine.claim(10)
    await take(ingestor.database, sync_requested(cabinet, "stocks"))
    assert lease.is_slow
    await ingestor.parts.engine.run(lease)
    assert "orders" in await due(ingestor)
    assert await every(ingestor) == (None, None)


async def test_what_changes_by_itself_is_no_sign_of_life(
    ingestor: Ingestor, wb: Wbsim, cabinet: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setitem(RESOURCES, "orders", replace(RESOURCES["orders"], changes_by_itself=True))
        await wb.place_orders(count=1)
        await ingestor.sync("orders")
    assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 1
    assert await every(ingestor) == (15, "dormant")


async def test_of_a_busy_cabinet_it_is_written_once_an_hour(ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("orders")
    at = "SELECT active_at FROM cabinets"
    await execute(ingestor.database, "UPDATE cabinets SET active_at = now() + interval '1 hour'")
    before = await rows(ingestor.database, at)
    await wb.place_orders(count=1)
    await ingestor.sync("orders")
    assert await rows(ingestor.database, at) == before
    await execute(ingestor.database, "UPDATE cabinets SET active_at = now() - interval '1 hour'")
    await wb.place_orders(count=1)
    await ingestor.sync("orders")
    [row] = await rows(ingestor.database, "SELECT active_at > now() - interval '1 minute' AS is_now FROM cabinets")
    assert row["is_now"]


async def test_a_new_token_ends_it(ingestor: Ingestor, wb: Wbsim, cabinet: UUID) -> None:
    await take(ingestor.database, connected(await wb.token(), cabinet_id=cabinet))
    await ingestor.check()
    [lease, *_] = await claim(ingestor.database)
    assert lease.idle_seconds * RATE < 86_400
