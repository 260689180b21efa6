"""Leases end with the process that holds them, or with their time; nothing else of the process costs them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from ingestor import cabinets
from ingestor.sync import claims, schedule
from ingestor.sync.leases import Leases
from servicekit.background import running
from servicekit.db import Database
from sqlalchemy import QueuePool, text
from support.eventually import eventually
from support.ingesting import Ingestor, claim, connect_cabinet, connected, open_ingestor, take
from support.rows import execute, rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")

ORDERS = "/api/v1/supplier/orders"
LONG_SECONDS = 3600
"""So long that whatever is taken over before is taken over for another reason."""


@asynccontextmanager
async def process(
    database: Database, *, seconds: float = LONG_SECONDS, longest_seconds: float = LONG_SECONDS
) -> AsyncIterator[Leases]:
    """The leases of some other process, which dies at the end of the block."""
    leases = Leases(database.dsn, seconds=seconds, longest_seconds=longest_seconds)
    async with running({"leases": leases.run}):
        yield leases


async def claim_as(leases: Leases, database: Database) -> list[schedule.Lease]:
    return await claims.claim(database, limit=50, lease_seconds=leases.seconds, holder=await leases.holder())


async def cut_off(database: Database, leases: Leases) -> None:
    """End the connection that a holder lives by, as a restart of the database does."""
    holder = await leases.holder()
    await execute(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = :high"
        " AND objid = :low",
        high=holder >> 32,
        low=holder & 0xFFFFFFFF,
    )


async def test_one_holder_leads_and_another_when_it_is_gone(ingestor_db: Database) -> None:
    async with AsyncExitStack() as lasting:
        async with process(ingestor_db, seconds=1) as first:

            async def first_leads() -> bool:
                return first.leads

            await eventually(first_leads)
            other = await lasting.enter_async_context(process(ingestor_db, seconds=1))
            await other.holder()
            assert not other.leads
        assert not first.leads

        async def other_leads() -> bool:
            return other.leads

        await eventually(other_leads)


class TestOfTheDead:
    async def test_syncs_are_taken_over_at_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        async with process(ingestor.database) as other:
            held = await claim_as(other, ingestor.database)
            assert len(held) == 3
            assert await claim(ingestor.database) == []

        async def taken_over() -> list[schedule.Lease]:
            return await claim(ingestor.database)

        taken = await eventually(taken_over)
        assert {lease.resource for lease in taken} == {lease.resource for lease in held}
        assert {lease.token for lease in taken}.isdisjoint(lease.token for lease in held)

    async def test_checks_are_taken_over_at_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await take(ingestor.database, connected(await wb.token()))

        async def claim_check(holder: int | None = None) -> cabinets.Check | None:
            return await cabinets.claim_check(ingestor.database, lease_seconds=LONG_SECONDS, holder=holder)

        async with process(ingestor.database) as other:
            assert await claim_check(await other.holder()) is not None
            assert await claim_check() is None
        assert await eventually(claim_check) is not None

    async def test_one_that_hangs_keeps_its_leases_for_their_time(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        async with process(ingestor.database) as other:
            await claim_as(other, ingestor.database)
            assert await claim(ingestor.database) == []
            await execute(ingestor.database, "UPDATE sync_state SET lease_until = now() - interval '1 second'")
            assert len(await claim(ingestor.database)) == 3

    async def test_locks_of_another_kind_or_database_are_no_sign_of_life(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        holder = 7 << 32 | 9
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(7, 9)"))
            assert len(await claims.claim(ingestor.database, limit=9, lease_seconds=60, holder=holder)) == 3
            assert len(await claim(ingestor.database)) == 3


class TestOfTheLiving:
    async def test_they_are_renewed_while_they_are_held_however_busy_the_pool_is(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        await connect_cabinet(ingestor, wb)
        async with process(ingestor.database, seconds=1) as other, AsyncExitStack() as busy:
            [lease, *_] = await claim_as(other, ingestor.database)
            pool = ingestor.database.engine.pool
            assert isinstance(pool, QueuePool)
            connections = [await busy.enter_async_context(ingestor.database.transaction()) for _ in range(pool.size())]
            with other.held(lease.token, lease.cabinet_id):
                first = await _lease_until(connections[0], lease)

                async def renewed_twice() -> bool:
                    return bool((await _lease_until(connections[0], lease) - first).total_seconds() > 0.5)

                # Transactions see the state of now: their isolation is READ COMMITTED.
                await eventually(renewed_twice)

    async def test_a_run_whose_lease_is_gone_is_stopped(self, ingestor: Ingestor) -> None:
        async with process(ingestor.database, seconds=0.3) as other:
            run = asyncio.create_task(_hold_on(other))
            await asyncio.wait([run], timeout=60)
            assert run.cancelled()

    async def test_a_run_that_hangs_is_stopped_until_it_hears_it_and_its_lease_is_left_to_others(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        await connect_cabinet(ingestor, wb)
        async with process(ingestor.database, seconds=0.3, longest_seconds=0.5) as other:
            [lease, *_] = await claim_as(other, ingestor.database)
            cancelled = asyncio.Event()

            async def hang() -> None:
                with other.held(lease.token, lease.cabinet_id):
                    with suppress(asyncio.CancelledError):
                        await asyncio.sleep(60)
                    cancelled.set()
                    await asyncio.sleep(60)

            run = asyncio.create_task(hang())
            await asyncio.wait_for(cancelled.wait(), 60)
            await asyncio.wait([run], timeout=60)
            assert run.cancelled()

            async def taken_over() -> bool:
                return lease.resource in {each.resource for each in await claim(ingestor.database)}

            await eventually(taken_over)

    async def test_who_loses_its_connection_stops_its_runs_and_goes_on_under_another_number(
        self, ingestor: Ingestor
    ) -> None:
        async with process(ingestor.database) as other:
            before = await other.holder()
            run = asyncio.create_task(_hold_on(other))
            await asyncio.sleep(0)
            await cut_off(ingestor.database, other)
            await asyncio.wait([run], timeout=60)
            assert run.cancelled()
            assert await asyncio.wait_for(other.holder(), 60) != before

    async def test_an_ingestor_reads_on_after_it_lost_its_connection(
        self, ingestor: Ingestor, wb: Wbsim, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        await connect_cabinet(ingestor, wb)
        async with (
            open_ingestor(
                ingestor.database,
                redis_client,
                redis_prefix,
                wb.url,
                sync_lease_seconds=LONG_SECONDS,
                wb_api_timeout=60,
            ) as other,
            other.running(),
        ):
            await wb.fault(ORDERS, "slow", seconds=60, times=1)

            async def holders() -> set[int]:
                found = await rows(
                    ingestor.database,
                    "SELECT lease_holder FROM sync_state WHERE resource = 'orders' AND lease_token IS NOT NULL",
                )
                return {row["lease_holder"] for row in found}

            [holder] = await eventually(holders)
            await execute(
                ingestor.database,
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :low",
                low=holder & 0xFFFFFFFF,
            )
            await wb.place_orders(count=2)

            async def are_read() -> bool:
                return len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 2

            await eventually(are_read)

    async def test_a_lease_is_held_by_a_task(self, ingestor: Ingestor) -> None:
        leases = Leases(ingestor.database.dsn, seconds=1, longest_seconds=1)
        raised: list[RuntimeError] = []

        def outside() -> None:
            try:
                with leases.held(uuid4(), uuid4()):
                    pass
            except RuntimeError as error:
                raised.append(error)

        asyncio.get_running_loop().call_soon(outside)
        await asyncio.sleep(0.01)
        assert len(raised) == 1


async def _hold_on(leases: Leases) -> None:
    with leases.held(uuid4(), uuid4()):
        await asyncio.sleep(60)


async def _lease_until(connection: Any, lease: schedule.Lease) -> Any:
    query = text("SELECT lease_until FROM sync_state WHERE lease_token = :token")
    return (await connection.execute(query, {"token": lease.token})).scalar_one()
