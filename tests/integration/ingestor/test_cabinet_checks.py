"""A cabinet is checked at WB: verified, refused once that is confirmed, or left to be checked again."""

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from ingestor.resources import RESOURCES
from ingestor.wb.methods import METHODS
from support.eventually import eventually
from support.ingesting import (
    Ingestor,
    check_until_it_counts,
    connect_cabinet,
    connected,
    let_ten_minutes_pass,
    sync_requested,
    sync_until_it_counts,
    take,
)
from support.outbox_rows import published
from support.rows import execute, rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio
from support.checks import cabinet, check_now


class TestCheck:
    async def test_an_accepted_token_of_the_named_seller_verifies(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "verified"
        [event] = await published(ingestor.database)
        assert event.data.seller_id == (await cabinet(ingestor.database, cabinet_id))["seller_id"]
        assert event.data.trade_mark == "Лесной двор"
        due = await rows(ingestor.database, "SELECT resource FROM sync_state WHERE next_run_at <= now()")
        stand_ins = {resource.name for resource in RESOURCES.values() if resource.stands_in_for}
        assert {row["resource"] for row in due} == RESOURCES.keys() - stand_ins

    @pytest.mark.parametrize(
        ("status", "reason"), [(401, "token_rejected"), (402, "payment_required"), (403, "scope_refused")]
    )
    async def test_a_refusal_suspends_once_it_is_confirmed_with_an_event_told_once(
        self, ingestor: Ingestor, wb: Wbsim, status: int, reason: str
    ) -> None:
        await wb.fault("/ping", "status", status=status)
        cabinet_id = await connect_cabinet(ingestor, wb)
        for _ in range(5):
            await check_now(ingestor)
            row = await cabinet(ingestor.database, cabinet_id)
            assert row["status"] == "unchecked", "five refusals within a minute are one outage"
            # However long the machine took: a minute of the test's is a second.
            await execute(ingestor.database, "UPDATE cabinets SET refused_since = now()")
            assert str(status) in row["detail"]
        assert await published(ingestor.database) == []
        await check_until_it_counts(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "suspended"
        await check_now(ingestor)
        [event] = await published(ingestor.database)
        assert event.data.reason == reason
        assert event.data.resource is None

    @pytest.mark.parametrize("status", [401, 402, 403])
    async def test_two_refusals_are_no_verdict_and_a_third_after_an_accepted_check_begins_anew(
        self, ingestor: Ingestor, wb: Wbsim, status: int
    ) -> None:
        await wb.fault("/ping", "status", status=status, times=2)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.check()
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.check()
        row = await cabinet(ingestor.database, cabinet_id)
        assert (row["status"], row["refusals"], row["refused_since"], row["detail"]) == ("verified", 0, None, None)
        assert [e.type for e in await published(ingestor.database)] == ["cabinet.verified.v1"]

    async def test_it_is_accepted_again_by_itself(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await ingestor.sync()
        await wb.fault("/", "status", status=401)
        await sync_until_it_counts(ingestor, "orders")
        row = await cabinet(ingestor.database, cabinet_id)
        assert (row["status"], row["reason"]) == ("suspended", "token_rejected")
        assert row["next_check_at"] > row["refused_since"]
        await wb.clear_faults()
        await check_now(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "verified"
        told = [e.type for e in await published(ingestor.database) if e.type.startswith("cabinet")]
        assert told == ["cabinet.verified.v1", "cabinet.suspended.v1", "cabinet.verified.v1"]
        assert len(await ingestor.sync("orders")) == 1, "it is read again"

    async def test_another_reason_is_told_once_it_is_confirmed_itself(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.fault("/ping", "status", status=402)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await check_until_it_counts(ingestor)
        await wb.clear_faults()
        await wb.fault("/ping", "status", status=401)
        await check_now(ingestor)
        row = await cabinet(ingestor.database, cabinet_id)
        assert (row["status"], row["reason"]) == ("suspended", "payment_required")
        await check_until_it_counts(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["reason"] == "token_rejected"
        assert [e.data.reason for e in await published(ingestor.database)] == ["payment_required", "token_rejected"]

    async def test_a_ping_that_is_refused_while_syncs_succeed_is_no_verdict(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault(METHODS["orders"].path, "status", status=401, times=1)
        await ingestor.sync("orders")
        await wb.fault("/ping", "status", status=401)
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.check()
        await ingestor.sync("products")
        await check_until_it_counts(ingestor)
        row = await cabinet(ingestor.database, cabinet_id)
        assert (row["status"], row["refusals"], row["next_check_at"]) == ("verified", 0, None)
        assert await published(ingestor.database, "cabinet.suspended.v1") == []

    async def test_a_sync_that_had_nothing_to_ask_is_no_witness(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault("/", "status", status=401)
        await ingestor.sync("orders")
        await let_ten_minutes_pass(ingestor.database)
        await ingestor.check()
        await ingestor.sync("fbs_statuses")
        [asked] = await rows(
            ingestor.database, "SELECT outcome, requests FROM sync_logs WHERE resource = 'fbs_statuses'"
        )
        assert asked == {"outcome": "completed", "requests": 0}, "it knows of no task"
        await check_until_it_counts(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "suspended"

    async def test_a_manual_sync_of_a_suspended_cabinet_is_answered_by_a_check(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.fault("/", "status", status=401)
        await sync_until_it_counts(ingestor, "orders")
        refused, served = sync_requested(cabinet_id, "orders"), sync_requested(cabinet_id, "orders")
        await take(ingestor.database, refused)
        await ingestor.check()
        *_, failed = await published(ingestor.database, "sync.failed.v1")
        assert (failed.data.sync_id, failed.causationid) == (refused.data.sync_id, refused.id)
        await wb.clear_faults()
        await take(ingestor.database, served)
        await ingestor.check()
        [lease] = [lease for lease in await ingestor.parts.engine.claim(50) if lease.trigger == "manual"]
        await ingestor.parts.engine.run(lease)
        *_, completed = await published(ingestor.database, "sync.completed.v1")
        assert completed.data.sync_id == served.data.sync_id

    async def test_an_empty_balance_is_looked_at_again_within_half_an_hour(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.fault("/ping", "status", status=402)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await check_until_it_counts(ingestor)
        row = await cabinet(ingestor.database, cabinet_id)
        assert row["status"] == "suspended"
        await wb.clear_faults()
        await check_now(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "verified"
        assert [e.type for e in await published(ingestor.database)] == ["cabinet.suspended.v1", "cabinet.verified.v1"]

    async def test_a_process_that_stops_gives_its_check_back_at_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.fault("/ping", "slow", seconds=30)
        event = connected(await wb.token())
        await take(ingestor.database, event)
        async with ingestor.running():

            async def is_being_checked() -> bool:
                return (await cabinet(ingestor.database, event.cabinetid))["lease_token"] is not None

            await eventually(is_being_checked)
        row = await cabinet(ingestor.database, event.cabinetid)
        assert (row["lease_token"], row["lease_until"], row["status"]) == (None, None, "unchecked")
        await wb.clear_faults()

    async def test_a_balance_that_stays_empty_is_told_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        # `ping` knows no 402.
        await wb.fault(METHODS["orders"].path, "status", status=402)
        await wb.fault(METHODS["seller-info"].path, "status", status=402)
        await sync_until_it_counts(ingestor, "orders")
        assert (await cabinet(ingestor.database, cabinet_id))["reason"] == "payment_required"
        await check_now(ingestor)
        assert [e.type for e in await published(ingestor.database)] == ["cabinet.verified.v1", "cabinet.suspended.v1"]
        await wb.clear_faults()
        await check_now(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "verified"

    async def test_who_waits_for_a_sync_is_answered_when_the_cabinet_is_suspended(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        request = sync_requested(cabinet_id, "orders", "products")
        await take(ingestor.database, request)
        await wb.fault("/", "status", status=401)
        await sync_until_it_counts(ingestor, "orders")
        failed = await published(ingestor.database, "sync.failed.v1")
        assert {(e.data.sync_id, e.data.resource, e.causationid) for e in failed} == {
            (request.data.sync_id, resource, request.id) for resource in ("orders", "products")
        }
        assert len(failed) == 2
        assert await rows(ingestor.database, "SELECT 1 FROM sync_state WHERE requests <> '[]'") == []

    async def test_a_forged_token_spends_nothing_of_the_sellers_budget(
        self, ingestor: Ingestor, wb: Wbsim, redis_client: "redis.asyncio.Redis", redis_prefix: str
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        [seller] = await rows(ingestor.database, "SELECT seller_id FROM cabinets WHERE cabinet_id = :id", id=cabinet_id)
        keys = f"{redis_prefix}wb:{{{seller['seller_id']}}}:*"
        await ingestor.sync("orders")
        spent = [key async for key in redis_client.scan_iter(keys)]
        assert not any("ping" in key or "seller-info" in key for key in spent), "also its own, until it is confirmed"
        head, claims, _ = (await wb.token()).split(".")
        signatures = [urlsafe_b64encode(b"forged%d" % n * 8).rstrip(b"=").decode() for n in range(20)]
        forged = [connected(f"{head}.{claims}.{signature}") for signature in signatures]
        for event in forged:
            assert event.data.claims.seller_id == seller["seller_id"]
            await take(ingestor.database, event)
            await ingestor.check()
        others = await rows(ingestor.database, "SELECT status FROM cabinets WHERE cabinet_id <> :id", id=cabinet_id)
        assert {row["status"] for row in others} <= {"unchecked", "suspended"}
        assert {key async for key in redis_client.scan_iter(keys)} <= set(spent)

    async def test_another_seller_than_the_token_names_suspends(self, ingestor: Ingestor, wb: Wbsim) -> None:
        event = connected(await wb.token())
        claims = event.data.claims.model_copy(update={"seller_id": uuid4()})
        await take(
            ingestor.database, event.model_copy(update={"data": event.data.model_copy(update={"claims": claims})})
        )
        await ingestor.check()
        assert await published(ingestor.database) == []
        await check_until_it_counts(ingestor)
        [suspended] = await published(ingestor.database)
        assert suspended.data.reason == "seller_mismatch"

    async def test_a_token_sealed_to_something_else_suspends(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await take(ingestor.database, connected(await wb.token(), sealed_for=uuid4()))
        await ingestor.check()
        assert await published(ingestor.database) == []
        await check_until_it_counts(ingestor)
        [suspended] = await published(ingestor.database)
        assert suspended.data.reason == "token_unreadable"

    @pytest.mark.parametrize(
        ("path", "fault", "what"),
        [
            ("/ping", "status", {"status": 500}),
            ("/ping", "status", {"status": 429, "seconds": 1}),
            ("/ping", "timeout", {"seconds": 3}),
            ("/ping", "html", {}),
            ("/api/v1/seller-info", "cut", {}),
            ("/api/v1/seller-info", "status", {"status": 503}),
        ],
    )
    async def test_a_failure_of_wb_leaves_the_cabinet_to_be_checked_again(
        self, ingestor: Ingestor, wb: Wbsim, path: str, fault: str, what: dict[str, Any]
    ) -> None:
        await wb.fault(path, fault, times=1, **what)
        cabinet_id = await connect_cabinet(ingestor, wb)
        row = await cabinet(ingestor.database, cabinet_id)
        assert (row["status"], row["check_failures"]) == ("unchecked", 1)
        assert row["next_check_at"] is not None
        assert await published(ingestor.database) == []
        await wb.clear_faults()
        async with ingestor.running():

            async def is_verified() -> bool:
                return bool((await cabinet(ingestor.database, cabinet_id))["status"] == "verified")

            await eventually(is_verified)

    async def test_an_answer_of_another_shape_is_no_verdict(self, ingestor: Ingestor, wb: Wbsim) -> None:
        # /ping answers where seller-info is asked: JSON, but not the seller.
        from ingestor.wb.methods import METHODS

        original = METHODS["seller-info"].path
        object.__setattr__(METHODS["seller-info"], "path", "/ping")
        try:
            cabinet_id = await connect_cabinet(ingestor, wb)
        finally:
            object.__setattr__(METHODS["seller-info"], "path", original)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "unchecked"
