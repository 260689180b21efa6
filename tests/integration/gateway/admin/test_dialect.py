"""Lists and writes of administrators, where they are refused, and at their edges."""

from typing import Any
from uuid import uuid4

import pytest
from gateway.admin.listing import MAX_COUNTED, MAX_ROWS
from servicekit.db import Database
from support.administration import Admin, deliver, log_sync
from support.gateway import wb_token
from support.outbox_rows import published
from support.rows import execute

USER = {"id": 5, "note": "first"}


@pytest.mark.parametrize(
    ("resource", "query", "code"),
    [
        ("users", {"sort": ["note", "ASC"]}, "sort_unknown"),
        ("users", {"sort": ["id", "asc"]}, "sort_malformed"),
        ("users", {"sort": '["id"'}, "sort_malformed"),
        ("users", {"sort": "[" * 200}, "sort_malformed"),
        *(("users", {name: "null"}, f"{name}_malformed") for name in ("sort", "range", "filter")),
        ("users", {"range": [MAX_COUNTED - 1, MAX_COUNTED]}, "range_refused"),
        ("users", {"range": [-1, 4]}, "range_malformed"),
        ("users", {"range": [False, True]}, "range_malformed"),
        ("users", {"range": [0.0, 1.0]}, "range_malformed"),
        ("users", {"range": f"[0,{'9' * 90}]"}, "range_refused"),
        ("users", {"filter": {"note": "first"}}, "filter_unknown"),
        ("users", {"filter": {"id": [5], "note": "first"}}, "filter_unknown"),
        ("users", {"filter": {"id": list(range(MAX_ROWS + 1))}}, "range_refused"),
        ("users", {"filter": []}, "filter_malformed"),
        ("users", {"filter": "[" * 20_000}, "filter_malformed"),
        ("cabinets", {"filter": {"status": "gone"}}, "filter_malformed"),
        ("cabinets", {"filter": {"status": "verified", "owner_telegram_id": 1}}, "filter_unknown"),
        ("cabinets", {"filter": {"owner_telegram_id": 2**63}}, "filter_malformed"),
        ("cabinets", {"filter": {"owner_telegram_id": True}}, "filter_malformed"),
        ("sync_logs", {"filter": {"outcome": "failed"}, "sort": ["id", "ASC"]}, "sort_unknown"),
        ("sync_logs", {"filter": {"resource": "orders"}}, "filter_unknown"),
        ("sync_logs", {"filter": {"cabinet_id": "\0"}}, "filter_malformed"),
        ("quarantine", {"filter": {"resource": "a\0"}}, "filter_malformed"),
        ("quarantine", {"filter": '{"resource": "\\ud83d"}'}, "filter_malformed"),
        ("deliveries", {"filter": {"status": "delivered"}}, "filter_malformed"),
        ("dead_letters", {"filter": {"queue": "none"}}, "filter_malformed"),
        ("dead_letters", {"filter": {"queue": ["none"]}}, "filter_malformed"),
        ("dead_letters", {"filter": {"type": "none"}}, "filter_unknown"),
        ("dead_letters", {"sort": ["time", "DESC"]}, "sort_unknown"),
        ("dead_letters", {"range": [990, 1000]}, "range_refused"),
        ("configuration", {"filter": {"value": "none"}}, "filter_unknown"),
        ("configuration", {"sort": ["value", "ASC"]}, "sort_unknown"),
    ],
)
async def test_a_list_that_is_read_from_no_index_or_makes_no_sense_is_refused(
    admin: Admin, resource: str, query: dict[str, Any], code: str
) -> None:
    answer = await admin.get(resource, **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_fields_that_nobody_knows_are_refused(admin: Admin) -> None:
    assert (await admin.get("users", order="ASC")).status_code == 422
    for path in ("users", "keys", "cabinets", "replays", "redrives"):
        assert (await admin.call("POST", path, json={"unknown": 1})).status_code == 422
    for path in ("users/5", "keys/5", "cabinets/5", "replays/5"):
        assert (await admin.call("PUT", path, json={"unknown": 1})).status_code == 422


async def test_the_total_and_the_places_stand_in_a_header_that_pages_may_read(admin: Admin) -> None:
    for telegram_id in range(1, 31):
        await admin.call("POST", "users", json={"id": telegram_id})
    for asked, header in (
        ({}, "users 0-24/30"),
        ({"range": [0, 9]}, "users 0-9/30"),
        ({"range": [20, 39]}, "users 20-29/30"),
        ({"range": [40, 59]}, "users */30"),
        ({"range": [5, 4]}, "users */30"),
        ({"filter": {"id": [1, "2", 2, 99, None, {}, "x", -1, 2.0, 2**70]}}, "users 0-1/2"),
        ({"filter": {"id": 3}}, "users 0-0/1"),
        ({"filter": {"id": []}}, "users */0"),
    ):
        answer = await admin.get("users", **asked)
        assert answer.status_code == 200
        assert answer.headers["Content-Range"] == header
        assert answer.headers["Access-Control-Expose-Headers"] == "Content-Range"
    newest_first = [record["id"] for record in (await admin.get("users")).json()]
    assert newest_first == list(range(30, 5, -1))


async def test_what_lies_beyond_what_is_counted_is_said_to_be_so_much(admin: Admin) -> None:
    database = admin.gateway.database
    await execute(database, f"INSERT INTO users (telegram_id) SELECT generate_series(1, {MAX_COUNTED + 10})")
    many = await admin.get("users", sort=["id", "ASC"], range=[5, MAX_COUNTED - 1])
    assert many.headers["Content-Range"] == f"users 5-{4 + MAX_ROWS}/{MAX_COUNTED}"
    assert len(many.json()) == MAX_ROWS
    last = await admin.get("users", sort=["id", "ASC"], range=[MAX_COUNTED - 2, MAX_COUNTED - 1])
    assert last.headers["Content-Range"] == f"users {MAX_COUNTED - 2}-{MAX_COUNTED - 1}/{MAX_COUNTED}"
    assert [record["id"] for record in last.json()] == [MAX_COUNTED - 1, MAX_COUNTED]
    await execute(database, "TRUNCATE users CASCADE")


async def test_rows_of_one_moment_are_all_found_page_by_page(
    admin: Admin, ingestor_db: Database, notifier_db: Database
) -> None:
    cabinet_id = uuid4()
    logs = {str(await log_sync(ingestor_db, cabinet_id)) for _ in range(7)}
    told = {str(await deliver(notifier_db, cabinet_id)) for _ in range(7)}
    for resource, time, expected in (("sync_logs", "started_at", logs), ("deliveries", "created_at", told)):
        for filters in ({}, {"cabinet_id": str(cabinet_id)}):
            found = []
            for first in range(0, 7, 2):
                page = await admin.get(resource, sort=[time, "DESC"], range=[first, first + 1], filter=filters)
                found += [record["id"].split("~")[1] for record in page.json()]
            assert sorted(found) == sorted(expected)


class TestChanges:
    async def test_a_whole_record_needs_its_version(self, admin: Admin) -> None:
        record = (await admin.call("POST", "users", json=USER)).json()
        without = {name: value for name, value in record.items() if name != "version"}
        answer = await admin.call("PUT", "users/5", json={**without, "note": "second"})
        assert (answer.status_code, answer.json()["code"]) == (422, "version_missing")
        assert (await admin.get("users/5")).json() == record

    async def test_what_cannot_be_changed_is_not_left_out_in_silence(self, admin: Admin) -> None:
        record = (await admin.call("POST", "users", json=USER)).json()
        answer = await admin.call("PUT", "users/5", json={**record, "created_at": "2026-01-01T00:00:00Z"})
        assert (answer.status_code, answer.json()["code"]) == (422, "field_not_writable")

    async def test_of_two_that_read_the_same_one_is_refused(self, admin: Admin) -> None:
        record = (await admin.call("POST", "users", json=USER)).json()
        first = await admin.call("PUT", "users/5", json={**record, "note": "second"})
        late = await admin.call("PUT", "users/5", json={**record, "note": "third"})
        assert (first.status_code, late.status_code) == (200, 409)
        assert (await admin.get("users/5")).json() == first.json()

    async def test_whatever_changes_the_row_makes_another_version(self, admin: Admin) -> None:
        key = (await admin.call("POST", "keys", json={"telegram_id": 7})).json()
        read = (await admin.get(f"keys/{key['id']}")).json()
        await execute(admin.gateway.database, "UPDATE api_keys SET name = 'by another way'")
        late = await admin.call("PUT", f"keys/{key['id']}", json={**read, "name": "mine"})
        assert (late.status_code, late.json()["code"]) == (409, "version_conflict")

    async def test_a_key_that_ends_ends_also_where_it_was_remembered(self, admin: Admin) -> None:
        made = (await admin.call("POST", "keys", json={"telegram_id": 7})).json()

        async def status() -> int:
            headers = {"X-API-Key": made["key"]}
            return (await admin.gateway.client.get("/api/v1/cabinets", headers=headers)).status_code

        assert await status() == 200
        ended = await admin.call("PUT", f"keys/{made['id']}", json={"expires_at": "2020-01-01T00:00:00Z"})
        assert ended.status_code == 200
        assert await status() == 401
        await admin.call("PUT", f"keys/{made['id']}", json={"expires_at": None})
        assert await status() == 200

    async def test_a_user_who_has_a_key_stays(self, admin: Admin) -> None:
        await admin.call("POST", "users", json=USER)
        key = (await admin.call("POST", "keys", json={"telegram_id": 5})).json()
        assert (await admin.call("DELETE", "users/5")).json()["code"] == "user_in_use"
        await admin.call("DELETE", f"keys/{key['id']}")
        assert (await admin.call("DELETE", "users/5")).status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"scopes": []},
            {"scopes": ["everything"]},
            {"any_user": True, "telegram_id": 5},
            {"scopes": ["admin"], "telegram_id": 5},
            {"scopes": ["admin"], "any_user": True},
            {"telegram_id": 0},
            {"telegram_id": 2**63},
            {"telegram_id": 5, "name": "\0"},
            {"telegram_id": 5, "expires_at": "9999-12-31T23:59:59-12:00"},
            {"telegram_id": 5, "expires_at": "0001-01-01T00:00:00+12:00"},
        ],
    )
    async def test_keys_that_make_no_sense_are_not_made(self, admin: Admin, body: dict[str, Any]) -> None:
        assert (await admin.call("POST", "keys", json=body)).status_code == 422

    async def test_a_token_that_cannot_work_connects_nothing(self, admin: Admin) -> None:
        answer = await admin.call("POST", "cabinets", json={"owner_telegram_id": 5, "token": "nonsense"})
        assert (answer.status_code, answer.json()["code"]) == (422, "token_malformed")
        assert (await admin.get("cabinets")).json() == []


async def test_a_write_that_is_repeated_is_done_once_and_ends_what_it_ends(admin: Admin) -> None:
    async def twice(method: str, path: str, **arguments: Any) -> Any:
        headers = {"Idempotency-Key": str(uuid4())}
        first, again = [await admin.call(method, path, headers=headers, **arguments) for _ in range(2)]
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert again.headers["Idempotency-Replayed"] == "true"
        return first.json()

    await twice("POST", "users", json=USER)
    made = await twice("POST", "keys", json={"telegram_id": 5})
    assert (await twice("DELETE", "users/5"))["code"] == "user_in_use"
    headers = {"X-API-Key": made["key"]}
    assert (await admin.gateway.client.get("/api/v1/cabinets", headers=headers)).status_code == 200
    assert (await twice("DELETE", f"keys/{made['id']}"))["revoked_at"] is not None
    assert (await admin.gateway.client.get("/api/v1/cabinets", headers=headers)).status_code == 401
    cabinet = await twice("POST", "cabinets", json={"owner_telegram_id": 5, "token": wb_token()})
    assert (await twice("DELETE", "users/5"))["code"] == "user_in_use"
    assert (await twice("DELETE", f"cabinets/{cabinet['id']}"))["id"] == cabinet["id"]
    assert (await twice("DELETE", "users/5"))["id"] == 5
    assert (await admin.get("users")).json() == []


async def test_a_cabinet_that_is_renamed_or_disconnected_is_so_for_every_service(admin: Admin) -> None:
    cabinet = (await admin.call("POST", "cabinets", json={"owner_telegram_id": 5, "token": wb_token()})).json()
    await admin.call("PUT", f"cabinets/{cabinet['id']}", json={**cabinet, "name": "new"})
    await admin.call("DELETE", f"cabinets/{cabinet['id']}")
    assert [event.type for event in await published(admin.gateway.database)] == [
        "cabinet.connected.v1",
        "cabinet.renamed.v1",
        "cabinet.disconnected.v1",
    ]
