"""A cabinet's life: checked at WB, refused, given a new token, forgotten."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from ingestor import tables
from ingestor.resources import RESOURCES
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from support.ingesting import (
    Ingestor,
    connect_cabinet,
    connected,
    disconnected,
    eventually,
    published,
    rows,
    sync_requested,
    take,
)
from wbsim.running import Wbsim


async def cabinet(database: Database, cabinet_id: UUID) -> dict[str, Any]:
    [row] = await rows(database, "SELECT * FROM cabinets WHERE cabinet_id = :id", id=cabinet_id)
    return row


async def check_now(ingestor: Ingestor) -> None:
    async with ingestor.database.transaction() as connection:
        from sqlalchemy import text

        await connection.execute(text("UPDATE cabinets SET next_check_at = now() WHERE next_check_at IS NOT NULL"))
    await ingestor.check()


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
    async def test_a_refusal_suspends_with_an_event_told_once(
        self, ingestor: Ingestor, wb: Wbsim, status: int, reason: str
    ) -> None:
        await wb.fault("/ping", "status", status=status)
        cabinet_id = await connect_cabinet(ingestor, wb)
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "suspended"
        await check_now(ingestor)
        [event] = await published(ingestor.database)
        assert event.data.reason == reason
        assert event.data.resource is None

    async def test_an_empty_balance_is_looked_at_again(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.fault("/ping", "status", status=402, times=1)
        cabinet_id = await connect_cabinet(ingestor, wb)
        await ingestor.check()
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "suspended", "not before half an hour"
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
        await ingestor.sync("orders")
        await check_now(ingestor)
        assert (await cabinet(ingestor.database, cabinet_id))["reason"] == "payment_required"
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
        await ingestor.sync("orders")
        failed = await published(ingestor.database, "sync.failed.v1")
        assert {(e.data.sync_id, e.data.resource, e.causationid) for e in failed} == {
            (request.data.sync_id, resource, request.id) for resource in ("orders", "products")
        }
        assert len(failed) == 2
        assert await rows(ingestor.database, "SELECT 1 FROM sync_state WHERE requests <> '[]'") == []

    async def test_another_seller_than_the_token_names_suspends(self, ingestor: Ingestor, wb: Wbsim) -> None:
        event = connected(await wb.token())
        claims = event.data.claims.model_copy(update={"seller_id": uuid4()})
        await take(
            ingestor.database, event.model_copy(update={"data": event.data.model_copy(update={"claims": claims})})
        )
        await ingestor.check()
        [suspended] = await published(ingestor.database)
        assert suspended.data.reason == "seller_mismatch"

    async def test_a_token_sealed_to_something_else_suspends(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await take(ingestor.database, connected(await wb.token(), sealed_for=uuid4()))
        await ingestor.check()
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


@pytest.mark.usefixtures("few_resources")
class TestReconnect:
    async def test_a_new_token_is_checked_and_everything_else_stays(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=2)
        first = connected(await wb.token(), ago=timedelta(minutes=5))
        await take(ingestor.database, first)
        await ingestor.check()
        await ingestor.sync()
        before = await cabinet(ingestor.database, first.cabinetid)

        await take(ingestor.database, connected(await wb.token(), cabinet_id=first.cabinetid))
        during = await cabinet(ingestor.database, first.cabinetid)
        assert during["status"] == "unchecked"
        assert during["sealed_token"] != before["sealed_token"]
        assert during["connected_at"] == before["connected_at"]
        assert await ingestor.sync() == [], "nothing runs with a token that was not checked"
        await check_now(ingestor)
        assert (await cabinet(ingestor.database, first.cabinetid))["status"] == "verified"
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 2
        [state] = await rows(ingestor.database, "SELECT * FROM sync_state WHERE resource = 'orders'")
        assert state["first_load_done"]
        assert state["cursor"]["watermark"]

    async def test_seller_info_is_not_asked_again_for_a_seller_wb_has_named(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.fault("/api/v1/seller-info", "status", status=500)
        await take(ingestor.database, connected(await wb.token(), cabinet_id=cabinet_id))
        await ingestor.check()
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "verified"

    async def test_events_that_come_late_do_not_bring_an_old_token_back(self, ingestor: Ingestor, wb: Wbsim) -> None:
        newer = connected(await wb.token())
        older = connected(await wb.token(), cabinet_id=newer.cabinetid, ago=timedelta(hours=1))
        await take(ingestor.database, newer)
        await take(ingestor.database, older)
        row = await cabinet(ingestor.database, newer.cabinetid)
        assert row["sealed_token"] == newer.data.sealed_token
        assert row["connected_at"] == older.time, "the first connection is the first, whenever it is heard of"

    async def test_a_repeated_event_changes_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        event = connected(await wb.token())
        await take(ingestor.database, event)
        await ingestor.check()
        await take(ingestor.database, event)
        assert (await cabinet(ingestor.database, event.cabinetid))["status"] == "verified"

    async def test_a_check_that_was_overtaken_by_a_new_token_says_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        event = connected(await wb.token())
        await take(ingestor.database, event)
        for fault in (None, 401, 500):
            if fault:
                await wb.fault("/ping", "status", status=fault, times=1)
            [check] = await ingestor.parts.checks.claim(1)
            await take(ingestor.database, connected(await wb.token(), cabinet_id=event.cabinetid))
            await ingestor.parts.checks.work(check)
            assert (await cabinet(ingestor.database, event.cabinetid))["status"] == "unchecked"
        assert await published(ingestor.database) == []


@pytest.mark.usefixtures("few_resources")
class TestDisconnect:
    async def test_rows_and_token_are_gone_and_stay_gone(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=2)
        event = connected(await wb.token(), ago=timedelta(seconds=5))
        await take(ingestor.database, event)
        await ingestor.check()
        other = await connect_cabinet(ingestor, wb)
        await ingestor.sync()
        await take(ingestor.database, disconnected(event.cabinetid))
        for table in ("outbox", *(tables.metadata.tables.keys() - {"cabinets"})):
            owners = await rows(ingestor.database, f"SELECT DISTINCT cabinet_id FROM {table}")
            filled = table in {"orders", "products", "stocks", "sync_state", "sync_logs", "outbox"}
            assert [row["cabinet_id"] for row in owners] == ([other] if filled else []), table
        await take(ingestor.database, connected(await wb.token(), cabinet_id=event.cabinetid, ago=timedelta(seconds=2)))
        row = await cabinet(ingestor.database, event.cabinetid)
        assert row["status"] == "disconnected"
        assert row["sealed_token"] is row["seller_id"] is row["connected_at"] is None

    async def test_a_run_under_way_stores_nothing_afterwards(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=2)
        cabinet_id = await connect_cabinet(ingestor, wb)
        leases = await ingestor.parts.engine.claim(10)
        await take(ingestor.database, disconnected(cabinet_id))
        for lease in leases:
            assert await ingestor.parts.engine.run(lease) is None
        assert await rows(ingestor.database, "SELECT 1 FROM orders") == []
        assert await rows(ingestor.database, "SELECT 1 FROM sync_logs") == []

    async def test_a_disconnection_heard_before_its_connection_wins(self, ingestor: Ingestor, wb: Wbsim) -> None:
        event = connected(await wb.token(), ago=timedelta(seconds=5))
        await take(ingestor.database, disconnected(event.cabinetid))
        await take(ingestor.database, event)
        assert (await cabinet(ingestor.database, event.cabinetid))["status"] == "disconnected"

    async def test_an_older_disconnection_does_not_end_a_newer_connection(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await take(ingestor.database, disconnected(cabinet_id, ago=timedelta(hours=1)))
        assert (await cabinet(ingestor.database, cabinet_id))["status"] == "verified"

    async def test_a_manual_sync_of_it_is_answered_as_failed(self, ingestor: Ingestor, wb: Wbsim) -> None:
        request = sync_requested(uuid4(), "orders", "nonsense")
        await take(ingestor.database, request)
        await take(ingestor.database, request)
        failed = await published(ingestor.database, "sync.failed.v1")
        assert [e.data.resource for e in failed] == ["nonsense", "orders"]
        assert {e.data.sync_id for e in failed} == {request.data.sync_id}
        assert {e.causationid for e in failed} == {request.id}
