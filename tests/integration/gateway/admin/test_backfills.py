"""An administrator asks for a stretch of time, and sees what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event
from contracts.syncs import BackfillRequestedV1, RangedName
from contracts.topics import INGESTOR_SYNCS
from ingestor.handlers.backfill_requested import backfill_requested
from ingestor.resources import RESOURCES
from servicekit.consume import handle_once
from servicekit.db import Database
from support.administration import Admin
from support.gateway import User
from support.outbox_rows import published
from support.rows import count
from support.sync_states import keep


async def asked(admin: Admin, cabinet_id: UUID, **body: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    wanted = {"cabinet_id": str(cabinet_id), "resource": "orders", "since": (now - timedelta(days=9)).isoformat()}
    answer = await admin.call("POST", "backfills", json=wanted | body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def take_in(admin: Admin, ingestor_db: Database) -> Event[Any]:
    """The ingestor is told what was asked for last."""
    *_, event = await published(admin.gateway.database, "backfill.requested.v1")
    await handle_once(ingestor_db, INGESTOR_SYNCS, {BackfillRequestedV1: backfill_requested}, event)
    return event


def test_what_can_be_asked_for_is_what_can_be_read() -> None:
    assert set(get_args(RangedName)) == {name for name, each in RESOURCES.items() if each.reading.within}


async def test_it_is_put_in_line_once_and_is_shown(admin: Admin, alice: User, ingestor_db: Database) -> None:
    cabinet_id = await alice.connect()
    await keep(ingestor_db, cabinet_id, "orders", first_load_done=True)
    made = await asked(admin, cabinet_id)
    assert (made["state"], made["percent"], made["why"]) == ("waiting", 0, "backfill")
    event = await take_in(admin, ingestor_db)
    assert event.data.requested_by.startswith("key ")
    await handle_once(ingestor_db, INGESTOR_SYNCS, {BackfillRequestedV1: backfill_requested}, event)
    assert await count(ingestor_db, "sync_ranges") == 1
    shown = (await admin.get(f"backfills/{made['id']}")).json()
    assert shown == {**made, "asked_at": shown["asked_at"]}
    [listed] = (await admin.get("backfills", filter={"cabinet_id": str(cabinet_id)}, sort=["id", "ASC"])).json()
    assert listed == shown


async def test_what_cannot_be_read_says_why(admin: Admin, alice: User, ingestor_db: Database) -> None:
    cabinet_id = await alice.connect()
    await keep(ingestor_db, cabinet_id, "orders", first_load_done=True)
    old = await asked(admin, cabinet_id, since="2020-01-01T00:00:00Z", until="2020-02-01T00:00:00Z")
    await take_in(admin, ingestor_db)
    closed = await asked(admin, cabinet_id, resource="finance")
    await take_in(admin, ingestor_db)
    first = await asked(admin, cabinet_id, since="2026-11-01T00:00:00Z", until="2026-11-02T00:00:00Z")
    await take_in(admin, ingestor_db)
    again = await asked(admin, cabinet_id, since="2026-11-01T00:00:00Z", until="2026-11-02T00:00:00Z")
    await take_in(admin, ingestor_db)
    for record, reason in ((old, "WB has orders since"), (closed, "does not read"), (again, "waits already")):
        shown = (await admin.get(f"backfills/{record['id']}")).json()
        assert shown["state"] == "failed"
        assert reason in shown["error"]
    assert (await admin.get(f"backfills/{first['id']}")).json()["state"] == "waiting"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"cabinet_id": str(uuid4())}, 404, "record_not_found"),
        ({"resource": "stocks"}, 422, "invalid_request"),
        ({"since": "2150-01-01T00:00:00Z"}, 422, "backfill_refused"),
        ({"until": "2000-01-01T00:00:00Z"}, 422, "backfill_refused"),
        ({"since": "9999-01-01T00:00:00Z"}, 422, "invalid_request"),
        ({"more": 1}, 422, "invalid_request"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    admin: Admin, alice: User, body: dict[str, Any], status: int, code: str
) -> None:
    wanted = {"cabinet_id": str(await alice.connect()), "resource": "orders", "since": "2026-11-01T00:00:00Z"}
    answer = await admin.call("POST", "backfills", json=wanted | body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await published(admin.gateway.database, "backfill.requested.v1") == []
