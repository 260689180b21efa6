"""Who runs what is due: claims, leases that are lost, and a pool that goes on whatever fails."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from ingestor.resources import RESOURCES
from ingestor.sync import cabinet_syncs, claims, schedule
from ingestor.sync.pool import Pool
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day
from servicekit.db import driver
from support.eventually import eventually
from support.ingesting import (
    Ingestor,
    claim,
    connect_cabinet,
    sync_requested,
    take,
)
from support.outbox_rows import published
from support.ranges import ask
from support.rows import execute, rows
from support.sync_states import state
from wbsim.running import Wbsim

if TYPE_CHECKING:
    pass

pytestmark = pytest.mark.usefixtures("few_resources")

ORDERS = METHODS["orders"].path


class TestClaim:
    async def test_two_processes_never_run_the_same_sync(self, ingestor: Ingestor, wb: Wbsim) -> None:
        for _ in range(4):
            await connect_cabinet(ingestor, wb)
        claims = await asyncio.gather(*(claim(ingestor.database, 5) for _ in range(5)))
        keys = [(lease.cabinet_id, lease.resource) for leases in claims for lease in leases]
        assert len(keys) == len(set(keys)) == 12
        assert await claim(ingestor.database) == []

    async def test_manual_goes_first_then_live_then_first_loads_then_the_longest_waiting(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        ids = [await connect_cabinet(ingestor, wb) for _ in range(4)]
        for minutes, cabinet_id in enumerate(ids):
            await execute(
                ingestor.database,
                "UPDATE sync_state SET next_run_at = now() - make_interval(mins => :ago), first_load_done = :done"
                " WHERE cabinet_id = :id",
                ago=10 - minutes,
                done=minutes in {2, 3},
                id=cabinet_id,
            )
        await execute(ingestor.database, "DELETE FROM sync_state WHERE resource <> 'orders'")
        await take(ingestor.database, sync_requested(ids[1], "orders"))
        order = [(await claim(ingestor.database, 1))[0].cabinet_id for _ in ids]
        assert order == [ids[1], ids[2], ids[3], ids[0]]

    async def test_of_what_is_due_orders_go_before_others_that_do_not_wait_much_longer(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        loaded = [await connect_cabinet(ingestor, wb) for _ in range(2)]
        loading = await connect_cabinet(ingestor, wb)
        waited = {"orders": 1, "products": 5, "stocks": 1 + claims.HEAD_START.total_seconds() / 60 + 1}
        for resource, minutes in waited.items():
            await execute(
                ingestor.database,
                "UPDATE sync_state SET next_run_at = now() - make_interval(secs => 60 * :minutes),"
                " first_load_done = cabinet_id <> :loading WHERE resource = :resource",
                minutes=minutes,
                loading=loading,
                resource=resource,
            )
        order = [(await claim(ingestor.database, 1))[0] for _ in range(9)]
        live = [lease.resource for lease in order if lease.cabinet_id in loaded]
        assert live == ["stocks", "stocks", "orders", "orders", "products", "products"]
        assert [lease.resource for lease in order[6:]] == ["orders", "stocks", "products"]
        assert {lease.cabinet_id for lease in order[6:]} == {loading}

    async def test_what_comes_first_is_what_this_version_says(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await execute(ingestor.database, "UPDATE sync_state SET comes_first = (resource = 'stocks')")
        async with ingestor.database.transaction() as connection:
            await cabinet_syncs.begin_new(connection, RESOURCES.values())
        first = await rows(ingestor.database, "SELECT resource FROM sync_state WHERE comes_first")
        assert [row["resource"] for row in first] == ["orders"]

    async def test_the_work_of_a_dead_process_is_taken_over(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=3)
        await connect_cabinet(ingestor, wb)
        dead = await claim(ingestor.database)
        assert await ingestor.sync("orders") == []
        await execute(ingestor.database, "UPDATE sync_state SET lease_until = now() - interval '1 second'")
        await ingestor.sync("orders")
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 3
        events = len(await published(ingestor.database))
        for lease in dead:
            if lease.resource == "orders":
                assert await ingestor.parts.engine.run(lease) is None
        assert len(await published(ingestor.database)) == events

    async def test_a_run_that_lost_its_lease_writes_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=3)
        await connect_cabinet(ingestor, wb)
        leases = await ingestor.parts.engine.claim(10)
        await execute(ingestor.database, "UPDATE sync_state SET lease_token = gen_random_uuid()")
        before = await rows(ingestor.database, "SELECT * FROM sync_state ORDER BY resource")
        for lease in leases:
            assert await ingestor.parts.engine.run(lease) is None
        assert await rows(ingestor.database, "SELECT * FROM sync_state ORDER BY resource") == before
        for table in ("orders", "products", "stocks", "quarantine", "sync_logs"):
            assert await rows(ingestor.database, f"SELECT 1 FROM {table}") == []
        assert [e.type for e in await published(ingestor.database)] == ["cabinet.verified.v1"]

    async def test_a_page_being_stored_does_not_hold_up_other_leases(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        leases = await claim(ingestor.database)
        async with ingestor.database.transaction() as connection, ingestor.database.transaction() as other:
            await schedule.hold(connection, leases[0])
            tokens = {lease.token: lease.cabinet_id for lease in leases}
            kept = await schedule.renew(await driver(other), tokens, lease_seconds=1000)
        assert kept == set(tokens)
        renewed = await rows(
            ingestor.database, "SELECT resource FROM sync_state WHERE lease_until > now() + interval '900 seconds'"
        )
        assert {row["resource"] for row in renewed} == {lease.resource for lease in leases[1:]}

    async def test_a_stopped_process_gives_its_work_back_at_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.fault(ORDERS, "slow", seconds=30)
        await connect_cabinet(ingestor, wb)
        async with ingestor.running():

            async def is_running() -> bool:
                return bool((await state(ingestor.database))["lease_token"])

            await eventually(is_running)
        assert (await state(ingestor.database))["lease_token"] is None
        await wb.clear_faults()

    async def test_a_slow_seller_leaves_workers_to_others_and_one_alone_has_half_of_them(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        for _ in range(3):
            await connect_cabinet(ingestor, wb)
        other = await connect_cabinet(ingestor, wb, sid=await wb.seller(name="another"))
        await execute(ingestor.database, "UPDATE sync_state SET comes_first = false")
        pool, free = ingestor.parts.engine.pool, 8
        taken: list[schedule.Lease] = []
        while claimed := await pool.claim(free):
            taken += claimed
            free -= len(claimed)
        of_other = [lease for lease in taken if lease.cabinet_id == other]
        assert (len(taken), len(of_other), free) == (6, 2, 2)
        await pool.work(taken[0])
        assert {lease.seller_id for lease in await pool.claim(8)} == {taken[0].seller_id}

    async def test_news_find_a_worker_however_much_is_loaded_even_of_a_seller_who_loads(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        for number in range(4):
            await connect_cabinet(ingestor, wb, sid=await wb.seller(name=f"shop {number}"))
        pool, free = ingestor.parts.engine.pool, 8
        taken: list[schedule.Lease] = []
        while claimed := await pool.claim(free):
            taken += claimed
            free -= len(claimed)
        assert (free, {lease.trigger for lease in taken}) == (2, {"first_load"}), "more first loads are due"
        [(loading, at_work)] = Counter(lease.cabinet_id for lease in taken).most_common(1)
        assert at_work >= free
        await execute(
            ingestor.database,
            "UPDATE sync_state SET first_load_done = true, next_run_at = now(), lease_token = NULL, lease_until = NULL"
            " WHERE cabinet_id = :loading AND resource = 'orders'",
            loading=loading,
        )
        [news] = await pool.claim(free)
        assert (news.cabinet_id, news.resource, news.trigger) == (loading, "orders", "schedule")
        await pool.work(news)
        assert await pool.claim(free) == []
        await pool.work(next(lease for lease in taken if lease.cabinet_id != loading))
        assert [lease.trigger for lease in await pool.claim(free + 1)] == ["first_load"]

    async def test_ranges_and_first_loads_together_leave_workers_to_news(self, ingestor: Ingestor, wb: Wbsim) -> None:
        ids = [await connect_cabinet(ingestor, wb, sid=await wb.seller(name=f"shop {number}")) for number in range(4)]
        await execute(
            ingestor.database,
            "UPDATE sync_state SET first_load_done = true, next_run_at = now() + interval '1 hour'"
            " WHERE resource = 'orders'",
        )
        today = moscow_day(datetime.now(UTC))
        for cabinet_id in ids:
            await ask(ingestor.database, cabinet_id, "orders", today, today)
        pool = ingestor.parts.engine.pool
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity' WHERE resource = 'stocks'")
        first = await pool.claim(8)
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity' WHERE resource = 'products'")
        then = [lease for free in (4, 2, 2) for lease in await pool.claim(free)]
        assert [len(first), len(then)] == [4, 2]
        assert {lease.trigger for lease in first} | {lease.trigger for lease in then} == {"first_load", "backfill"}
        await execute(ingestor.database, "UPDATE sync_state SET first_load_done = true, next_run_at = now()")
        assert {lease.trigger for lease in await pool.claim(2)} == {"schedule"}


class TestPool:
    async def test_work_that_fails_is_logged_and_others_go_on(self) -> None:
        left = [1, 2, 3]
        done: list[int] = []

        async def take_some(limit: int) -> list[int]:
            taken, left[:] = left[:limit], left[limit:]
            return taken

        async def work(number: int) -> None:
            if number == 2:
                raise ValueError("two")
            done.append(number)

        pool: Pool[int] = Pool(take_some, work, workers=1)
        running = asyncio.create_task(pool.run())

        async def both() -> bool:
            return done == [1, 3]

        await eventually(both)
        left.append(4)
        pool.wake()

        async def four() -> bool:
            return done == [1, 3, 4]

        await eventually(four)
        pool.wake_in(0.01)
        pool.wake_in(1000)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def test_a_claim_that_fails_is_tried_again_and_disturbs_nothing_that_runs(self) -> None:
        answers: list[Exception | list[int]] = [[1], OSError("gone"), TimeoutError(), [2]]
        release = asyncio.Event()
        done: list[int] = []

        async def claim_some(_: int) -> list[int]:
            answer = answers.pop(0) if answers else []
            if isinstance(answer, Exception):
                raise answer
            return answer

        async def work(number: int) -> None:
            if number == 1:
                await release.wait()
            done.append(number)

        pool: Pool[int] = Pool(claim_some, work, workers=2)
        running = asyncio.create_task(pool.run())

        async def is_second_done() -> bool:
            return done == [2]

        await eventually(is_second_done)
        release.set()

        async def is_first_done() -> bool:
            return done == [2, 1]

        await eventually(is_first_done)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
