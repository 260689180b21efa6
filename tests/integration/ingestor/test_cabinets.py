"""A cabinet's life after its first check: given a new token, and forgotten."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from ingestor import tables
from ingestor.jobs.purge import purge, tables_of_cabinets
from ingestor.sync import quarantine, schedule
from servicekit.db import Database
from support.ingesting import (
    Ingestor,
    connect_cabinet,
    connected,
    disconnected,
    sync_requested,
    take,
)
from support.outbox_rows import published
from support.rows import rows, statements
from wbsim.running import Wbsim

if TYPE_CHECKING:
    pass
from support.checks import cabinet, check_now


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
        assert await purge(ingestor.database) == 1
        stay = {"cabinets", "disconnected_cabinets", "wb_methods", "wb_shapes"}
        for table in ("outbox", *(tables.metadata.tables.keys() - stay)):
            owners = await rows(ingestor.database, f"SELECT DISTINCT cabinet_id FROM {table}")
            filled = table in {"orders", "products", "stocks", "sync_state", "sync_logs", "outbox"}
            assert [row["cabinet_id"] for row in owners] == ([other] if filled else []), table
        await take(ingestor.database, connected(await wb.token(), cabinet_id=event.cabinetid, ago=timedelta(seconds=2)))
        row = await cabinet(ingestor.database, event.cabinetid)
        assert row["status"] == "disconnected"
        assert row["sealed_token"] is row["seller_id"] is row["connected_at"] is None

    async def test_a_token_is_erased_at_once_though_a_page_is_being_stored(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=2)
        cabinet_id = await connect_cabinet(ingestor, wb)
        leases = await ingestor.parts.engine.claim(10)
        [of_orders] = [lease for lease in leases if lease.resource == "orders"]
        async with ingestor.database.transaction() as storing:
            await schedule.hold(storing, of_orders)
            await take(ingestor.database, disconnected(cabinet_id))
            row = await cabinet(ingestor.database, cabinet_id)
            assert (row["status"], row["sealed_token"]) == ("disconnected", None)
            assert await ingestor.parts.engine.claim(10) == []
            purging = asyncio.create_task(purge(ingestor.database))
            await quarantine.put(storing, cabinet_id, "orders", [quarantine.Broken(b"{}", "odd")], {})
        assert await purging == 1
        assert await rows(ingestor.database, "SELECT 1 FROM quarantine") == []
        with pytest.raises(schedule.LeaseLost):
            async with ingestor.database.transaction() as connection:
                await schedule.hold(connection, of_orders)

    async def test_it_takes_as_many_statements_whatever_there_is_to_delete(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=20)
        counts = []
        for resources in (0, 3):
            cabinet_id = await connect_cabinet(ingestor, wb)
            for resource in ("orders", "products", "stocks")[:resources]:
                await ingestor.sync(resource)
            with statements(ingestor.database) as executed:
                await take(ingestor.database, disconnected(cabinet_id))
            counts.append(len(executed))
        assert counts[0] == counts[1] < 10

    async def test_a_manual_sync_that_comes_late_leaves_no_event(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await take(ingestor.database, disconnected(cabinet_id))
        await purge(ingestor.database)
        await take(ingestor.database, sync_requested(cabinet_id, "orders"))
        assert await published(ingestor.database) == []

    async def test_it_is_never_taken_in_again(self, ingestor: Ingestor, wb: Wbsim) -> None:
        event = connected(await wb.token(), ago=timedelta(seconds=5))
        await take(ingestor.database, event)
        await take(ingestor.database, disconnected(event.cabinetid))
        await take(ingestor.database, connected(await wb.token(), cabinet_id=event.cabinetid, ago=timedelta(hours=-1)))
        assert (await cabinet(ingestor.database, event.cabinetid))["status"] == "disconnected"

    async def test_every_table_with_rows_of_cabinets_is_purged(self, ingestor_db: Database) -> None:
        found = await rows(
            ingestor_db,
            """
                SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
                WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p')
                  AND NOT relispartition AND attname = 'cabinet_id'
            """,
        )
        stay = {"cabinets", "disconnected_cabinets", "outbox"}
        assert {row["relname"] for row in found} - stay == {table.name for table in tables_of_cabinets()}

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
