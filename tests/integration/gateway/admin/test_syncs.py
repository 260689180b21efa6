"""An administrator asks for a sync of somebody's cabinet, and sees how it goes and what came of it."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event, EventData
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncRequestedV1
from contracts.topics import GATEWAY_SYNCS, INGESTOR_SYNCS
from gateway.handlers.sync_completed import sync_completed
from gateway.handlers.sync_failed import sync_failed
from ingestor.handlers.sync_requested import sync_requested
from servicekit.consume import Handler, handle_once
from servicekit.db import Database
from sqlalchemy import text
from support.administration import NOON, Admin
from support.gateway import User
from support.outbox_rows import published
from support.plans import noted
from support.sync_states import keep
from support.verdicts import mark_verified, told

HANDLERS: dict[type[EventData], Handler] = {SyncCompletedV1: sync_completed, SyncFailedV1: sync_failed}


@pytest.fixture
async def cabinet(admin: Admin, alice: User) -> UUID:
    """Alice's verified cabinet."""
    cabinet_id = await alice.connect()
    await mark_verified(admin.gateway, cabinet_id)
    return cabinet_id


async def asked(admin: Admin, cabinet_id: UUID, **more: Any) -> dict[str, Any]:
    answer = await admin.call("POST", "syncs", json={"cabinet_id": str(cabinet_id), **more})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def requests(admin: Admin) -> list[Event[Any]]:
    return await published(admin.gateway.database, SyncRequestedV1.TYPE)


async def hear(admin: Admin, cabinet_id: UUID, data: EventData) -> None:
    await handle_once(admin.gateway.database, GATEWAY_SYNCS, HANDLERS, told(data, cabinet_id))


def completed(sync_id: UUID, resource: str) -> SyncCompletedV1:
    rows: dict[str, Any] = {"rows_new": 3, "rows_changed": 2, "rows_same": 1, "rows_quarantined": 0}
    return SyncCompletedV1(sync_id=sync_id, resource=resource, started_at=NOON, finished_at=NOON, pages=1, **rows)


async def test_it_goes_first_and_is_shown_until_its_result(
    admin: Admin, alice: User, cabinet: UUID, ingestor_db: Database
) -> None:
    await keep(ingestor_db, cabinet, "orders", first_load_done=True)
    await keep(ingestor_db, cabinet, "stocks", first_load_done=True)
    made = await asked(admin, cabinet, resources=["stocks", "orders"])
    [own] = [key["id"] for key in (await admin.get("keys")).json() if key["scopes"] == ["admin"]]
    assert (made["requested_by"], made["cabinet_id"]) == (f"key {own}", str(cabinet))
    assert (made["status"], made["percent"], made["finished_at"]) == ("queued", 0, None)
    assert [part["resource"] for part in made["resources"]] == ["orders", "stocks"]

    [event] = await requests(admin)
    assert (event.cabinetid, event.data.sync_id) == (cabinet, UUID(made["id"]))
    assert (event.data.requested_by, event.data.administrator) == (0, f"key {own}")
    await handle_once(ingestor_db, INGESTOR_SYNCS, {SyncRequestedV1: sync_requested}, event)
    async with ingestor_db.transaction() as connection:
        # What lies here goes before all that is scheduled.
        states = await connection.execute(text("SELECT requests -> 0 ->> 'sync_id' FROM sync_state"))
        assert list(states.scalars()) == [made["id"]] * 2
        await connection.execute(text("UPDATE sync_state SET lease_until = now() + interval '1 minute'"))

    async def shown() -> dict[str, Any]:
        one = (await admin.get(f"syncs/{made['id']}")).json()
        assert (await admin.get("syncs", filter={"cabinet_id": str(cabinet)})).json() == [one]
        [run] = (await alice.get("/sync/status", sync_id=made["id"])).json()["data"]["runs"]
        assert {name: one[name] for name in ("status", "finished_at", "resources")} == {
            name: run[name] for name in ("status", "finished_at", "resources")
        }
        return dict(one)

    assert [part["status"] for part in (await shown())["resources"]] == ["running", "running"]
    await hear(admin, cabinet, completed(event.data.sync_id, "orders"))
    half = await shown()
    assert (half["status"], half["percent"], half["resources"][0]["rows_new"]) == ("running", 50, 3)
    failed = SyncFailedV1(sync_id=event.data.sync_id, resource="stocks", reason="WB answered 503", failed_at=NOON)
    await hear(admin, cabinet, failed)
    result = await shown()
    assert (result["status"], result["percent"]) == ("failed", 100)
    assert [part["reason"] for part in result["resources"]] == [None, "WB answered 503"]
    await hear(admin, cabinet, completed(event.data.sync_id, "stocks"))
    assert (await shown())["status"] == "completed"


async def test_a_cabinet_has_one_unfinished_sync_whoever_asks(admin: Admin, alice: User, cabinet: UUID) -> None:
    first, *others = await asyncio.gather(*(asked(admin, cabinet) for _ in range(4)))
    assert others == [first] * 3
    again = await alice.call("POST", "/sync/start", json={"cabinet_id": str(cabinet)})
    assert again.json() == {"sync_id": first["id"]}
    [event] = await requests(admin)
    assert event.data.resources == ("orders", "products", "stocks")
    for resource in event.data.resources:
        await hear(admin, cabinet, completed(event.data.sync_id, resource))

    started = await alice.call("POST", "/sync/start", json={"cabinet_id": str(cabinet), "resources": ["orders"]})
    of_user = await asked(admin, cabinet)
    assert (of_user["id"], of_user["requested_by"]) == (started.json()["sync_id"], f"user {alice.telegram_id}")
    assert [record["id"] for record in (await admin.get("syncs")).json()] == [of_user["id"], first["id"]]
    assert len(await requests(admin)) == 2


async def test_a_repeat_with_its_key_asks_once(admin: Admin, cabinet: UUID) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"cabinet_id": str(cabinet), "resources": ["orders"]}
    first = await admin.call("POST", "syncs", json=body, headers=headers)
    await hear(admin, cabinet, completed(UUID(first.json()["id"]), "orders"))
    again = await admin.call("POST", "syncs", json=body, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert len(await requests(admin)) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"cabinet_id": str(uuid4())}, 404, "record_not_found"),
        ({}, 409, "cabinet_unchecked"),
        ({"resources": []}, 422, "invalid_request"),
        ({"resources": ["nothing"]}, 422, "invalid_request"),
        ({"resources": None}, 422, "invalid_request"),
        ({"more": 1}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_synced_is_refused(
    admin: Admin, alice: User, body: dict[str, Any], status: int, code: str
) -> None:
    wanted = {"cabinet_id": str(await alice.connect())}
    answer = await admin.call("POST", "syncs", json=wanted | body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await requests(admin) == []
    for unknown in (str(uuid4()), "x", "a~b"):
        assert (await admin.get(f"syncs/{unknown}")).json()["code"] == "record_not_found"


async def test_a_page_takes_as_many_statements_as_a_record(admin: Admin, alice: User, cabinet: UUID) -> None:
    cabinets = [cabinet, *[await alice.connect() for _ in range(4)]]
    for cabinet_id in cabinets[1:]:
        await mark_verified(admin.gateway, cabinet_id)
    made = [(await asked(admin, cabinet_id))["id"] for cabinet_id in cabinets]
    counts = []
    for last in (0, 4):
        with noted(admin.gateway) as sent:
            records = (await admin.get("syncs", sort=["id", "ASC"], range=[0, last])).json()
        assert [record["id"] for record in records] == made[: last + 1]
        assert all(len(record["resources"]) == 3 for record in records)
        counts.append(len(list(sent.reads())))
    assert counts[0] == counts[1] == 4
