"""Requested syncs: one at a time, and what becomes of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event, EventData
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncRequestedV1
from contracts.topics import GATEWAY_SYNCS
from gateway.handlers.sync_completed import sync_completed
from gateway.handlers.sync_failed import sync_failed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.consume import Handler, handle_once
from servicekit.db import Database
from sqlalchemy import text
from support import verdicts
from support.gateway import Gateway, User
from support.outbox_rows import published
from support.plans import noted
from support.sync_states import keep
from support.verdicts import mark_verified, suspended, told

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
async def cabinet(gateway: Gateway, alice: User) -> UUID:
    """Alice's verified cabinet."""
    cabinet_id = await alice.connect()
    await mark_verified(gateway, cabinet_id)
    return cabinet_id


async def start(user: User, cabinet_id: UUID, **body: Any) -> UUID:
    answer = await user.call("POST", "/sync/start", json={"cabinet_id": str(cabinet_id), **body})
    assert answer.status_code == 202, answer.text
    return UUID(answer.json()["sync_id"])


async def run_of(user: User, sync_id: UUID) -> dict[str, Any]:
    answer = await user.get("/sync/status", sync_id=sync_id)
    assert answer.status_code == 200, answer.text
    (run,) = answer.json()["data"]["runs"]
    return dict(run)


async def test_what_is_read_of_the_past_is_shown_to_whom_it_belongs(
    gateway: Gateway, alice: User, bob: User, cabinet: UUID, ingestor_db: Database
) -> None:
    await keep(ingestor_db, cabinet, "orders", first_load_done=True)
    windows = '{"windows": [["2026-09-01T00:00:00+00:00", "2026-09-21T00:00:00+00:00"]]}'
    async with ingestor_db.transaction() as connection:
        for why, state in (("first_load", "reading"), ("backfill", "waiting"), ("reconciliation", "reading")):
            await connection.execute(
                text("""
                    INSERT INTO sync_ranges (cabinet_id, resource, since, until, why, state, cursor, progress,
                        started_at, read_at)
                    VALUES (:cabinet, 'orders', '2026-09-01+00', '2026-10-11+00', :why, :state,
                        CASE WHEN :state = 'reading' THEN CAST(:cursor AS jsonb) END, CAST(:progress AS jsonb),
                        now() - interval '1 minute', now())
                """),
                {
                    "cabinet": cabinet,
                    "why": why,
                    "state": state,
                    "cursor": windows,
                    "progress": '{"rows_new": 5, "rows_changed": 1, "rows_same": 3, "rows_quarantined": 0}',
                },
            )
    shown = (await alice.get("/sync/status", cabinet_id=cabinet)).json()["data"]["backfills"]
    assert [(each["why"], each["state"], each["percent"], each["seconds_left"]) for each in shown] == [
        ("first_load", "reading", 50, 60),
        ("backfill", "waiting", 0, None),
    ]
    assert (shown[0]["rows"], shown[0]["rows_new"]) == (9, 5)
    assert (await bob.get("/sync/status")).json()["data"] == []


def completed(cabinet_id: UUID, sync_id: UUID | None, resource: str, **options: Any) -> Event[SyncCompletedV1]:
    data = SyncCompletedV1(
        sync_id=sync_id,
        resource=resource,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=2),
        pages=1,
        rows_new=3,
        rows_changed=2,
        rows_same=1,
        rows_quarantined=0,
    )
    return told(data, cabinet_id, **options)


def failed(cabinet_id: UUID, sync_id: UUID | None, resource: str, **options: Any) -> Event[SyncFailedV1]:
    data = SyncFailedV1(sync_id=sync_id, resource=resource, reason="WB answered 503", failed_at=NOW)
    return told(data, cabinet_id, **options)


async def hear(gateway: Gateway, event: Event[Any]) -> None:
    handlers: dict[type[EventData], Handler] = {SyncCompletedV1: sync_completed, SyncFailedV1: sync_failed}
    await handle_once(gateway.database, GATEWAY_SYNCS, handlers, event)


async def requests(gateway: Gateway) -> list[Event[Any]]:
    return await published(gateway.database, SyncRequestedV1.TYPE)


class TestStart:
    async def test_asks_the_ingestor_for_every_resource(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        sync_id = await start(alice, cabinet)
        (event,) = await requests(gateway)
        assert event.cabinetid == cabinet
        assert event.data.sync_id == sync_id
        assert event.data.resources == ("orders", "products", "stocks")
        assert event.data.requested_by == alice.telegram_id

    async def test_asks_for_what_is_named(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        await start(alice, cabinet, resources=["stocks", "orders"])
        (event,) = await requests(gateway)
        assert event.data.resources == ("orders", "stocks")

    async def test_an_unfinished_sync_answers_for_every_repeat(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        ids = await asyncio.gather(*(start(alice, cabinet) for _ in range(8)))
        assert len(set(ids)) == 1
        assert len(await requests(gateway)) == 1

    async def test_after_it_finished_another_begins(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        first = await start(alice, cabinet, resources=["orders"])
        await hear(gateway, completed(cabinet, first, "orders"))
        assert await start(alice, cabinet) != first

    async def test_one_that_was_abandoned_does_not_block_for_ever(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        first = await start(alice, cabinet)
        async with gateway.database.transaction() as connection:
            await connection.execute(text("UPDATE sync_runs SET requested_at = now() - interval '7 hours'"))
        assert await start(alice, cabinet) != first
        assert (await run_of(alice, first))["status"] == "failed"

    async def test_a_cabinet_that_wb_has_not_accepted_is_not_synced(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        body = {"cabinet_id": str(cabinet_id)}
        answer = await alice.call("POST", "/sync/start", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "cabinet_unchecked")
        assert await requests(gateway) == []

    async def test_of_a_suspended_cabinet_one_may_be_asked_for(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        await verdicts.hear(gateway, suspended(cabinet_id))
        answer = await alice.call("POST", "/sync/start", json={"cabinet_id": str(cabinet_id)})
        assert answer.status_code == 202, "WB may accept it by now: the ingestor looks"
        assert len(await requests(gateway)) == 1

    @pytest.mark.parametrize("resources", [[], ["weather"], "orders", [1]])
    async def test_resources_it_does_not_know_are_refused(self, alice: User, cabinet: UUID, resources: Any) -> None:
        answer = await alice.call("POST", "/sync/start", json={"cabinet_id": str(cabinet), "resources": resources})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


class TestRuns:
    async def test_a_run_is_queued_then_running_then_completed(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        sync_id = await start(alice, cabinet, resources=["orders", "stocks"])
        assert (await run_of(alice, sync_id))["status"] == "queued"
        await hear(gateway, completed(cabinet, sync_id, "orders"))
        assert (await run_of(alice, sync_id))["status"] == "running"
        await hear(gateway, completed(cabinet, sync_id, "stocks"))
        run = await run_of(alice, sync_id)
        assert run["status"] == "completed"
        assert run["finished_at"] is not None
        orders, stocks = run["resources"]
        assert (orders["resource"], stocks["resource"]) == ("orders", "stocks")
        assert [orders[f"rows_{kind}"] for kind in ("new", "changed", "same", "quarantined")] == [3, 2, 1, 0]

    async def test_resources_that_end_at_the_same_time_finish_the_run(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        sync_id = await start(alice, cabinet)
        names = ("orders", "products", "stocks")
        await asyncio.gather(*(hear(gateway, completed(cabinet, sync_id, name)) for name in names))
        assert (await run_of(alice, sync_id))["status"] == "completed"

    async def test_a_failure_is_shown_with_its_reason(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        sync_id = await start(alice, cabinet, resources=["orders"])
        await hear(gateway, failed(cabinet, sync_id, "orders"))
        run = await run_of(alice, sync_id)
        assert run["status"] == "failed"
        assert run["resources"][0]["reason"] == "WB answered 503"
        assert run["resources"][0]["rows_new"] is None

    async def test_a_success_after_the_failure_replaces_it(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        sync_id = await start(alice, cabinet, resources=["orders"])
        await hear(gateway, failed(cabinet, sync_id, "orders"))
        await hear(gateway, completed(cabinet, sync_id, "orders"))
        assert (await run_of(alice, sync_id))["status"] == "completed"

    async def test_first_loads_and_unknown_syncs_are_nobodys_run(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        for sync_id in (None, uuid4()):
            await hear(gateway, completed(cabinet, sync_id, "orders"))
            await hear(gateway, failed(cabinet, sync_id, "orders"))
        assert (await alice.get("/sync/status", cabinet_id=cabinet)).json()["data"]["runs"] == []

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    async def test_the_newest_end_stands_whatever_the_order_and_however_often(
        self, gateway: Gateway, data: st.DataObject
    ) -> None:
        user = await gateway.user(uuid4().int % 2**40 + 1)
        cabinet_id = await user.connect()
        await mark_verified(gateway, cabinet_id)
        sync_id = await start(user, cabinet_id, resources=["orders"])
        kinds = data.draw(st.lists(st.sampled_from([completed, failed]), min_size=1, max_size=4))
        ends = [kind(cabinet_id, sync_id, "orders", after=timedelta(seconds=n)) for n, kind in enumerate(kinds)]
        repeats = data.draw(st.lists(st.sampled_from(ends), max_size=3))
        for event in data.draw(st.permutations(ends + repeats)):
            await hear(gateway, event)
        assert (await run_of(user, sync_id))["status"] == ("completed" if kinds[-1] is completed else "failed")


class TestStatus:
    async def test_a_cabinet_or_a_sync_is_named_not_both(self, alice: User, cabinet: UUID) -> None:
        answer = await alice.get("/sync/status", cabinet_id=cabinet, sync_id=uuid4())
        assert (answer.status_code, answer.json()["code"]) == (422, "cabinet_or_sync")

    async def test_without_either_all_cabinets_are_told_of(
        self, gateway: Gateway, alice: User, bob: User, cabinet: UUID, ingestor_db: Database
    ) -> None:
        second = await alice.connect()
        await mark_verified(gateway, second)
        await keep(ingestor_db, await bob.connect(), "orders")
        soon = datetime.now(UTC) + timedelta(hours=1)
        await keep(ingestor_db, cabinet, "orders", rows=10, next_run_at=soon)
        with noted(gateway) as one:
            await alice.get("/sync/status", cabinet_id=cabinet)
        await keep(ingestor_db, second, "orders", failures=1, next_run_at=soon)
        sync_ids = {str(each): str(await start(alice, each)) for each in (cabinet, second)}
        with noted(gateway) as both:
            found = (await alice.get("/sync/status")).json()["data"]
        assert [each["cabinet_id"] for each in found] == [str(cabinet), str(second)]
        assert {each["cabinet_id"]: each["runs"][0]["sync_id"] for each in found} == sync_ids
        states = [each["resources"][0] for each in found]
        assert [(state["waits_for"], state["rows"]) for state in states] == [("schedule", 10), ("wildberries", 0)]
        assert len(list(both.reads())) <= len(list(one.reads()))  # who may see what is remembered

    async def test_the_newest_requested_syncs_come_first(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        ids = []
        for _ in range(12):
            sync_id = await start(alice, cabinet, resources=["orders"])
            await hear(gateway, completed(cabinet, sync_id, "orders"))
            ids.append(str(sync_id))
        runs = (await alice.get("/sync/status", cabinet_id=cabinet)).json()["data"]["runs"]
        assert [run["sync_id"] for run in runs] == ids[:-11:-1]

    async def test_each_resource_tells_how_fresh_it_is(self, alice: User, cabinet: UUID, ingestor_db: Database) -> None:
        now = datetime.now(UTC)
        loaded = now - timedelta(minutes=2)
        await keep(ingestor_db, cabinet, "orders", last_success_at=loaded, first_load_done=True, rows=10)
        await keep(ingestor_db, cabinet, "products", failures=3, last_error="WB answered 503")
        await keep(ingestor_db, cabinet, "stocks", suspended_reason="scope_refused", last_error="403")
        resources = (await alice.get("/sync/status", cabinet_id=cabinet)).json()["data"]["resources"]
        orders, products, stocks = resources
        assert (orders["resource"], orders["status"], orders["first_load_done"]) == ("orders", "waiting", True)
        assert 120 <= orders["freshness_seconds"] <= 150
        assert (products["status"], products["failures"], products["last_error"]) == ("failing", 3, "WB answered 503")
        assert products["freshness_seconds"] is None
        assert stocks["status"] == "suspended"

    async def test_a_resource_that_serves_the_request_now_shows_the_run_as_running(
        self, alice: User, cabinet: UUID, ingestor_db: Database
    ) -> None:
        sync_id = await start(alice, cabinet, resources=["orders", "stocks"])
        request = {"sync_id": str(sync_id)}
        lease_until = datetime.now(UTC) + timedelta(minutes=1)
        await keep(ingestor_db, cabinet, "orders", requests=[request], lease_until=lease_until)
        await keep(ingestor_db, cabinet, "stocks", requests=[request])
        run = await run_of(alice, sync_id)
        assert run["status"] == "running"
        assert [resource["status"] for resource in run["resources"]] == ["running", "queued"]

    async def test_the_state_of_another_users_cabinet_does_not_show(
        self, alice: User, bob: User, cabinet: UUID, ingestor_db: Database
    ) -> None:
        await keep(ingestor_db, cabinet, "orders")
        theirs = await bob.connect()
        assert (await bob.get("/sync/status", cabinet_id=theirs)).json()["data"]["resources"] == []
