"""The schedule, leases and endings: who runs what, and what follows."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ingestor.sync import schedule
from ingestor.sync.pool import Pool
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import (
    Ingestor,
    claim,
    connect_cabinet,
    eventually,
    open_ingestor,
    published,
    rows,
    sync_requested,
    take,
)
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")

ORDERS = "/api/v1/supplier/orders"


async def state(database: Database, resource: str = "orders") -> dict[str, Any]:
    [row] = await rows(
        database,
        "SELECT *, next_run_at = 'infinity' AS halted FROM sync_state WHERE resource = :resource",
        resource=resource,
    )
    return row


async def execute(database: Database, statement: str, **parameters: Any) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(statement), parameters)


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

    async def test_leases_are_renewed_and_runs_without_one_are_stopped(
        self, ingestor: Ingestor, wb: Wbsim, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "slow", seconds=30)
        # So patient that nothing but the renewal can end its run in time.
        async with open_ingestor(ingestor.database, redis_client, redis_prefix, wb.url, wb_api_timeout=60) as patient:
            engine = patient.parts.engine
            await engine.renew()
            lease = next(lease for lease in await engine.claim(10) if lease.resource == "orders")
            run = asyncio.create_task(engine.run(lease))
            before = (await state(ingestor.database))["lease_until"]

            async def renewed() -> bool:
                await engine.renew()
                return bool((await state(ingestor.database))["lease_until"] > before)

            await eventually(renewed)
            await execute(ingestor.database, "UPDATE sync_state SET lease_token = NULL")
            await engine.renew()
            await asyncio.wait([run], timeout=10)
            assert run.cancelled()
        await wb.clear_faults()

    async def test_a_page_being_stored_does_not_hold_up_other_leases(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        leases = await claim(ingestor.database)
        async with ingestor.database.transaction() as connection:
            await schedule.hold(connection, leases[0])
            tokens = [lease.token for lease in leases]
            kept = await schedule.renew(ingestor.database, tokens, lease_seconds=1000)
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


class TestEndings:
    async def test_a_refused_token_suspends_the_whole_cabinet_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.fault("/", "status", status=401)
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now()")
        leases = await ingestor.parts.engine.claim(10)
        assert len(leases) == 3
        for lease in leases:
            await ingestor.parts.engine.run(lease)
        events = await published(ingestor.database)
        assert [e.data.reason for e in events if e.type == "cabinet.suspended.v1"] == ["token_rejected"]
        [cabinet] = await rows(ingestor.database, "SELECT * FROM cabinets")
        assert cabinet["status"] == "suspended"
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 1
        assert await claim(ingestor.database) == []

    async def test_a_refused_scope_suspends_its_resource_only(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(METHODS["wb-stocks"].path, "status", status=403)
        for resource in ("orders", "products", "stocks"):
            await ingestor.sync(resource)
        [event] = await published(ingestor.database, "cabinet.suspended.v1")
        assert (event.data.reason, event.data.resource) == ("scope_refused", "stocks")
        assert (await state(ingestor.database, "stocks"))["halted"]
        assert not (await state(ingestor.database, "orders"))["halted"]

    async def test_failures_back_off_and_are_told_when_health_turns(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.fault(ORDERS, "status", status=500)
        for failures in range(1, 6):
            [next_in] = await ingestor.sync("orders")
            assert next_in is not None
            assert next_in <= 2 ** (failures - 1)
            [line] = await rows(
                ingestor.database,
                """
                SELECT next_run_at - started_at - make_interval(secs => duration_seconds) AS delay
                FROM sync_state JOIN sync_logs USING (cabinet_id, resource) ORDER BY id DESC LIMIT 1
                """,
            )
            assert line["delay"] >= timedelta(seconds=2 ** (failures - 1) / 2 - 0.01)
            told = await published(ingestor.database, "sync.failed.v1")
            assert len(told) == (1 if failures >= 3 else 0)
        assert told[0].data.next_run_at is not None
        assert "500" in told[0].data.reason
        await wb.clear_faults()
        await ingestor.sync("orders")
        assert (await state(ingestor.database))["failures"] == 0

    async def test_a_429_waits_what_wb_says_and_is_no_failure(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "status", status=429, seconds=40, times=1)
        [next_in] = await ingestor.sync("orders")
        assert next_in == pytest.approx(40, abs=2)
        assert (await state(ingestor.database))["failures"] == 0
        [next_in] = await ingestor.sync("orders")
        assert next_in == pytest.approx(40, abs=3), "the budget remembers, also when asked again at once"
        lines = await rows(ingestor.database, "SELECT outcome, requests FROM sync_logs ORDER BY id")
        assert [(line["outcome"], line["requests"]) for line in lines] == [("paused", 1), ("paused", 0)]

    async def test_a_switched_off_method_keeps_what_is_stored_and_alarms_nobody(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.fault(ORDERS, "switched_off")
        [next_in] = await ingestor.sync("orders")
        assert next_in == pytest.approx(3600, abs=5)
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 1
        assert await published(ingestor.database, "sync.failed.v1") == []

    async def test_a_key_that_was_rotated_away_suspends(
        self, ingestor: Ingestor, wb: Wbsim, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        from servicekit.crypto import generate_keys

        await connect_cabinet(ingestor, wb)
        _, other_key = generate_keys()
        async with open_ingestor(
            ingestor.database, redis_client, redis_prefix, wb.url, seal_private_keys=other_key
        ) as other:
            await other.sync("orders")
        [event] = await published(ingestor.database, "cabinet.suspended.v1")
        assert event.data.reason == "token_unreadable"

    async def test_a_mistake_of_our_own_is_a_failure_like_any_other(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def mistaken(*_: Any) -> None:
            raise ZeroDivisionError

        await connect_cabinet(ingestor, wb)
        monkeypatch.setattr("ingestor.sync.page.store", mistaken)
        await wb.place_orders(count=1)
        await ingestor.sync("orders")
        assert (await state(ingestor.database))["last_error"] == "ZeroDivisionError in Pulse"

    async def test_a_long_run_lets_others_have_their_turn_and_goes_on_from_its_page(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await wb.settings(page_rows=2)
        await wb.seller(name="busy", history_orders=20)
        [_, busy] = (await wb.control("GET", "/sellers"))["sellers"]
        await connect_cabinet(ingestor, wb, sid=busy["sid"])
        monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
        turns = 0
        while not (await state(ingestor.database))["first_load_done"]:
            await ingestor.sync("orders")
            turns += 1
        assert turns > 8
        [completed] = await published(ingestor.database, "sync.completed.v1")
        assert completed.data.rows_new == 20
        assert completed.data.pages >= turns


class TestManualSync:
    async def test_it_is_answered_with_what_it_found(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.place_orders(count=2)
        request = sync_requested(cabinet_id, "orders")
        await take(ingestor.database, request)
        [lease] = await claim(ingestor.database, 1)
        assert (lease.resource, lease.trigger) == ("orders", "manual")
        await ingestor.parts.engine.run(lease)
        *_, completed = await published(ingestor.database, "sync.completed.v1")
        assert completed.data.sync_id == request.data.sync_id
        assert completed.data.rows_new == 2
        assert (completed.causationid, completed.correlationid) == (request.id, request.correlationid)

    async def test_one_asked_for_during_a_run_is_done_after_it(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        first, second = sync_requested(cabinet_id, "orders"), sync_requested(cabinet_id, "orders")
        await take(ingestor.database, first)
        [lease] = await claim(ingestor.database, 1)
        await take(ingestor.database, second)
        next_in = await ingestor.parts.engine.run(lease)
        assert next_in is not None
        assert next_in <= 0.1
        answered = [e.data.sync_id for e in await published(ingestor.database, "sync.completed.v1")]
        assert answered == [first.data.sync_id, None]
        assert (await state(ingestor.database))["requests"][0]["sync_id"] == str(second.data.sync_id)

    async def test_one_that_keeps_failing_is_answered(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "status", status=500)
        request = sync_requested(cabinet_id, "orders")
        await take(ingestor.database, request)
        for _ in range(3):
            await ingestor.sync("orders")
        [failed] = await published(ingestor.database, "sync.failed.v1")
        assert failed.data.sync_id == request.data.sync_id
        assert (await state(ingestor.database))["requests"] == []


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
