"""How runs end, and what a manual sync is answered."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ingestor.wb import client
from ingestor.wb.methods import METHODS
from support.eventually import eventually
from support.ingesting import (
    Ingestor,
    claim,
    connect_cabinet,
    open_ingestor,
    sync_requested,
    sync_until_it_counts,
    take,
)
from support.outbox_rows import published
from support.rows import execute, rows
from support.sync_states import state
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")

ORDERS = METHODS["orders"].path


class TestEndings:
    async def test_a_refused_token_suspends_the_whole_cabinet_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.fault("/", "status", status=401)
        for resource in ("orders", "products", "stocks"):
            await ingestor.sync(resource)
        [cabinet] = await rows(ingestor.database, "SELECT * FROM cabinets")
        assert (cabinet["status"], cabinet["doubt"]) == ("verified", "token_rejected")
        assert await published(ingestor.database, "cabinet.suspended.v1") == []
        await sync_until_it_counts(ingestor, "orders")
        events = await published(ingestor.database, "cabinet.suspended.v1")
        assert [(e.data.reason, e.data.resource) for e in events] == [("token_rejected", None)]
        [cabinet] = await rows(ingestor.database, "SELECT * FROM cabinets")
        assert cabinet["status"] == "suspended"
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 1
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now()")
        assert await claim(ingestor.database) == []

    @pytest.mark.parametrize(
        ("status", "reason"), [(401, "token_rejected"), (402, "payment_required"), (403, "scope_refused")]
    )
    async def test_what_only_one_method_refuses_suspends_its_resource_once_that_is_confirmed(
        self, ingestor: Ingestor, wb: Wbsim, status: int, reason: str
    ) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(METHODS["wb-stocks"].path, "status", status=status)
        [next_in] = await ingestor.sync("stocks")
        assert next_in is not None
        assert next_in <= 3 * 60 / 1000
        row = await state(ingestor.database, "stocks")
        assert (row["suspended_reason"], row["refusals"], row["failures"]) == (None, 1, 0)
        assert await published(ingestor.database, "cabinet.suspended.v1") == []
        await sync_until_it_counts(ingestor, "stocks")
        [event] = await published(ingestor.database, "cabinet.suspended.v1")
        assert (event.data.reason, event.data.resource, event.data.category) == (reason, "stocks", "analytics")
        assert (await state(ingestor.database, "stocks"))["suspended_reason"] == reason
        [cabinet] = await rows(ingestor.database, "SELECT * FROM cabinets")
        assert cabinet["status"] == "verified"
        for resource in ("orders", "products"):
            await ingestor.sync(resource)
            assert (await state(ingestor.database, resource))["first_load_done"]

    async def test_a_suspended_resource_is_tried_again_by_itself_and_resumes(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(METHODS["wb-stocks"].path, "status", status=403)
        await wb.fault(METHODS["cards"].path, "status", status=403)
        for resource in ("stocks", "products"):
            await sync_until_it_counts(ingestor, resource)
        row = await state(ingestor.database, "stocks")
        assert not row["halted"]
        [next_in] = await ingestor.sync("stocks")
        assert next_in is not None
        assert next_in > 3600 / 1000 * 0.9, "ever more rarely"
        assert len(await published(ingestor.database, "cabinet.suspended.v1")) == 2
        await wb.clear_faults()
        await ingestor.sync("stocks")
        row = await state(ingestor.database, "stocks")
        assert (row["suspended_reason"], row["refusals"], row["refused_since"], row["last_error"]) == (
            None,
            0,
            None,
            None,
        )
        [event] = await published(ingestor.database, "sync.resumed.v1")
        assert event.data.resource == "stocks"
        assert "products" in {lease.resource for lease in await claim(ingestor.database)}, "what ended may be over"

    @pytest.mark.parametrize(
        "fault", [("status", {"status": 401}), ("status", {"status": 402}), ("status", {"status": 403})]
    )
    async def test_a_manual_sync_of_what_is_refused_is_answered_at_once_and_ends_it_as_soon_as_it_may(
        self, ingestor: Ingestor, wb: Wbsim, fault: tuple[str, dict[str, Any]]
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, fault[0], **fault[1])
        await sync_until_it_counts(ingestor, "orders")
        first, second = sync_requested(cabinet_id, "orders"), sync_requested(cabinet_id, "orders")
        await take(ingestor.database, first)
        [lease] = [lease for lease in await claim(ingestor.database) if lease.trigger == "manual"]
        await take(ingestor.database, second)
        next_in = await ingestor.parts.engine.run(lease)
        assert [e.data.sync_id for e in await published(ingestor.database, "sync.failed.v1")] == [first.data.sync_id]
        assert next_in is not None
        assert next_in <= 0.1, "the second, that came meanwhile, is due"
        await wb.clear_faults()
        await execute(ingestor.database, "UPDATE sync_state SET lease_until = NULL")
        [lease] = [lease for lease in await claim(ingestor.database) if lease.trigger == "manual"]
        await ingestor.parts.engine.run(lease)
        completed = await published(ingestor.database, "sync.completed.v1")
        assert second.data.sync_id in {e.data.sync_id for e in completed}
        assert (await state(ingestor.database))["suspended_reason"] is None

    async def test_what_kept_failing_is_told_once_more_when_it_is_over(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "status", status=500, times=4)
        for _ in range(6):
            await ingestor.sync("orders")
        [failed] = await published(ingestor.database, "sync.failed.v1")
        [resumed] = await published(ingestor.database, "sync.resumed.v1")
        assert failed.data.resource == resumed.data.resource == "orders"

    async def test_what_failed_less_often_than_is_told_is_not_told_as_over(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "status", status=401, times=1)
        await wb.fault(ORDERS, "status", status=500, times=2)
        for _ in range(4):
            await ingestor.sync("orders")
        assert (await state(ingestor.database))["first_load_done"]
        assert await published(ingestor.database, "sync.resumed.v1") == []

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

    async def test_a_429_waits_what_wb_says_and_is_no_failure(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # WB's own speed: a thousandth of an hour would be the longest wait here.
        monkeypatch.setattr(client, "MAX_SECONDS", 3600.0 * 1000)
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
        await sync_until_it_counts(ingestor, "orders")
        row = await state(ingestor.database)
        assert (row["suspended_reason"], row["failures"]) == ("switched_off", 0)
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 1
        await wb.clear_faults()

        async def is_read_again() -> bool:
            return (await state(ingestor.database))["suspended_reason"] is None

        # Nobody asks: an hour, a thousand times faster here.
        async with ingestor.running():
            await eventually(is_read_again)
        told = {e.type for e in await published(ingestor.database)}
        assert not told & {"sync.failed.v1", "cabinet.suspended.v1", "sync.resumed.v1"}

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
            assert await published(ingestor.database, "cabinet.suspended.v1") == []
            await sync_until_it_counts(other, "orders")
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
