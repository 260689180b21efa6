"""How complete data are: every day that was read again, and what was missing, as the ingestor's ledger says."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from gateway.api.completeness import EXAMPLE, Completeness
from ingestor.ledger_tables import completeness, reconciliations
from ingestor.tables import quarantine, refused_subjects
from servicekit.db import Database
from sqlalchemy import Table, insert
from support.gateway import Gateway, User
from support.plans import noted
from support.sync_states import keep
from support.verdicts import mark_verified

TODAY = date(2026, 11, 20)
WHOLE_AT = datetime(2026, 11, 20, 0, 14, tzinfo=UTC)
BEFORE = WHOLE_AT - timedelta(days=3)
DAY = timedelta(days=1)


@pytest.fixture
async def cabinet(gateway: Gateway, alice: User) -> UUID:
    """Alice's verified cabinet."""
    cabinet_id = await alice.connect()
    await mark_verified(gateway, cabinet_id)
    return cabinet_id


async def put(database: Database, table: Table, *rows: dict[str, Any]) -> None:
    async with database.transaction() as connection:
        for row in rows:
            await connection.execute(insert(table).values(row))


async def put_ledger(database: Database, cabinet_id: UUID, resource: str, **more: Any) -> None:
    """A resource that was compared for the four days up to yesterday: one without rows, one of each kind of gap."""
    await keep(database, cabinet_id, resource, first_load_done=True, last_success_at=WHOLE_AT)
    key = {"cabinet_id": cabinet_id, "resource": resource}
    whole = {"whole_at": WHOLE_AT, "whole_since": TODAY - 4 * DAY, "whole_until": TODAY}
    await put(database, reconciliations, {**key, "due_at": WHOLE_AT + DAY, "nights": 1, **whole, **more})
    ledger = [
        {"day": TODAY - DAY, "rows": 3, "hash": 0x7F, "late": 2, "late_at": WHOLE_AT},
        {"day": TODAY - 2 * DAY, "rows": 4, "hash": 2**62, "hidden": 1},
        {"day": TODAY - 4 * DAY, "rows": 5, "hash": 1, "known_elsewhere": 6},
    ]
    await put(database, completeness, *({**key, "asked_at": BEFORE, **day} for day in ledger))


async def shown(user: User, cabinet_id: UUID, **query: Any) -> dict[str, dict[str, Any]]:
    answer = await user.get("/sync/completeness", cabinet_id=cabinet_id, **query)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert data["cabinet_id"] == str(cabinet_id)
    return {each["resource"]: each for each in data["resources"]}


async def test_a_resource_is_shown_with_all_its_days(alice: User, cabinet: UUID, ingestor_db: Database) -> None:
    await put_ledger(ingestor_db, cabinet, "orders")
    [orders] = (await shown(alice, cabinet, resource="orders")).values()
    assert [(each["day"], each["rows"], each["hash"]) for each in orders["windows"]] == [
        ("2026-11-19", 3, "000000000000007f"),
        ("2026-11-18", 4, "4000000000000000"),
        ("2026-11-17", 0, "0000000000000000"),
        ("2026-11-16", 5, "0000000000000001"),
    ]
    assert {each["asked_at"] for each in orders["windows"]} == {"2026-11-20T00:14:00Z"}
    assert [(each["day"], each["kind"], each["rows"], each["found_at"]) for each in orders["gaps"]] == [
        ("2026-11-19", "late", 2, "2026-11-20T00:14:00Z"),
        ("2026-11-18", "hidden", 1, "2026-11-17T00:14:00Z"),
        ("2026-11-16", "known_elsewhere", 6, "2026-11-17T00:14:00Z"),
    ]
    assert (orders["since"], orders["until"], orders["asked_at"]) == (
        "2026-11-16",
        "2026-11-19",
        "2026-11-20T00:14:00Z",
    )
    assert (orders["nights_left"], orders["next_at"], orders["is_compared"]) == (0, "2026-11-21T00:14:00Z", True)


async def test_all_resources_are_shown_with_their_gaps_in_as_many_statements(
    gateway: Gateway, alice: User, cabinet: UUID, ingestor_db: Database
) -> None:
    await put_ledger(ingestor_db, cabinet, "orders")
    with noted(gateway) as one:
        await shown(alice, cabinet)
    await put_ledger(ingestor_db, cabinet, "sales", range_id=uuid4(), nights=3, error="WB answered 503")
    await keep(ingestor_db, cabinet, "stocks", last_success_at=WHOLE_AT)
    row = {"cabinet_id": cabinet, "resource": "sales", "body_hash": b"x", "body": b"{}", "reason": "odd"}
    await put(ingestor_db, quarantine, row)
    refused = {"cabinet_id": cabinet, "reason": "400", "ask_again_at": WHOLE_AT}
    await put(
        ingestor_db,
        refused_subjects,
        {**refused, "resource": "sales", "subject": "2026-11-18"},
        {**refused, "resource": "stocks", "subject": "123456"},
    )
    with noted(gateway) as three:
        found = await shown(alice, cabinet)
    assert len(list(three.reads())) <= len(list(one.reads()))  # who may see what is remembered
    assert list(found) == ["orders", "sales", "stocks"]
    assert {name: (each["windows"], len(each["gaps"])) for name, each in found.items()} == {
        "orders": ([], 3),
        "sales": ([], 4),
        "stocks": ([], 0),
    }
    sales, stocks = found["sales"], found["stocks"]
    assert {"day": "2026-11-18", "kind": "refused", "rows": None, "found_at": None} in sales["gaps"]
    assert (sales["is_reading"], sales["nights_left"], sales["next_at"], sales["error"], sales["unreadable"]) == (
        True,
        3,
        None,
        "WB answered 503",
        1,
    )
    assert (stocks["is_compared"], stocks["asked_at"], stocks["nights_left"]) == (False, None, None)
    assert stocks["read_at"] == "2026-11-20T00:14:00Z"


async def test_days_that_are_not_compared_yet_are_shown_as_they_were_found(
    alice: User, cabinet: UUID, ingestor_db: Database
) -> None:
    await put_ledger(ingestor_db, cabinet, "orders", whole_at=None, whole_since=None, whole_until=None)
    [orders] = (await shown(alice, cabinet, resource="orders")).values()
    assert [each["day"] for each in orders["windows"]] == ["2026-11-19", "2026-11-18", "2026-11-16"]
    assert {each["asked_at"] for each in orders["windows"]} == {"2026-11-17T00:14:00Z"}
    assert await shown(alice, cabinet, resource="sales") == {}


async def test_another_cabinet_is_not_there(alice: User, bob: User, cabinet: UUID, ingestor_db: Database) -> None:
    await put_ledger(ingestor_db, cabinet, "orders")
    answer = await bob.get("/sync/completeness", cabinet_id=cabinet)
    assert (answer.status_code, answer.json()["code"]) == (404, "cabinet_not_found")
    for query in ({}, {"cabinet_id": cabinet, "resource": "nothing"}, {"cabinet_id": cabinet, "days": 3}):
        assert (await alice.get("/sync/completeness", **query)).status_code == 422


def test_the_example_is_an_answer() -> None:
    assert Completeness.model_validate(EXAMPLE)
