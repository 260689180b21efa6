"""Who may administrate, what is shown to nobody, and what is left in the log."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.topics import INGESTOR_SYNCS
from servicekit.db import Database
from structlog.testing import capture_logs
from support.administration import SECRET_WORDS, Admin, bury, deliver, quarantine
from support.gateway import Gateway, User, wb_token
from support.openapi import document
from support.verdicts import mark_verified

PATHS = document()["paths"]


def operations(*, of_administrators: bool) -> Iterator[Any]:
    for path, methods in PATHS.items():
        for method, operation in methods.items():
            # By those that ask for no key one signs in.
            if ("/admin/" in path) == of_administrators and "security" in operation:
                yield pytest.param(method, path, id=f"{method} {path}")


def filled(path: str) -> str:
    """The path with ids that name nothing."""
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, "7" if part == "{nm_id}" else str(uuid4()))
    return path


@pytest.mark.parametrize(("method", "path"), [*operations(of_administrators=True)])
async def test_only_keys_for_it_may_administrate(
    gateway: Gateway, alice: User, notifier_db: Database, method: str, path: str
) -> None:
    bot = await gateway.key(None)
    for headers, expected in (
        ({}, (401, "key_missing")),
        ({"X-API-Key": "pulse_nonsense"}, (401, "key_refused")),
        ({"X-API-Key": alice.key}, (403, "scope_missing")),
        ({"X-API-Key": bot, "X-Telegram-User-Id": "7"}, (403, "scope_missing")),
        ({"X-API-Key": await gateway.key(None, scopes=("admin",), revoked=True)}, (401, "key_refused")),
    ):
        answer = await gateway.client.request(method, filled(path), headers=headers, json={})
        assert (answer.status_code, answer.json()["code"]) == expected


@pytest.mark.parametrize(("method", "path"), [*operations(of_administrators=False)])
async def test_an_administrator_acts_for_nobody(admin: Admin, method: str, path: str) -> None:
    for named in ({}, {"X-Telegram-User-Id": "7"}):
        headers = {"X-API-Key": admin.key, **named}
        answer = await admin.gateway.client.request(method, filled(path), headers=headers, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_one_that_has_read_too_sees_its_users_and_all(admin: Admin, alice: User) -> None:
    cabinet_id = str(await alice.connect())
    key = await admin.gateway.key(alice.telegram_id, scopes=("admin", "read"))
    both = Admin(admin.gateway, key)
    assert [record["id"] for record in (await both.get("cabinets")).json()] == [cabinet_id]
    own = await admin.gateway.client.get("/api/v1/cabinets", headers={"X-API-Key": key})
    assert [cabinet["cabinet_id"] for cabinet in own.json()["data"]] == [cabinet_id]


async def test_no_secret_and_no_message_is_shown(
    admin: Admin, alice: User, ingestor_db: Database, notifier_db: Database, rabbitmq_url: str
) -> None:
    token = wb_token()
    cabinet_id = await alice.connect(token)
    async with admin.gateway.database.transaction() as connection:
        sealed = (await connection.exec_driver_sql("SELECT sealed_token FROM wb_cabinets")).scalar_one()
    await quarantine(ingestor_db, cabinet_id)
    await deliver(notifier_db, cabinet_id)
    await bury(rabbitmq_url, INGESTOR_SYNCS, {"id": "e"}, b"no event", b"[" * 5000)
    shown = ""
    for path in PATHS:
        if "/admin/" in path and "get" in PATHS[path] and "{" not in path:
            resource = path.rpartition("/")[2]
            records = (await admin.get(resource)).json()
            assert records or resource in {"sync_logs", "replays", "backfills", "syncs"}
            for record in records:
                one = await admin.get(f"{resource}/{record['id']}")
                assert one.json() == record
                shown += one.text
    url = admin.gateway.database.dsn
    for secret in (token, sealed, alice.key, admin.key, SECRET_WORDS, "no event", url, url.split(":")[2].split("@")[0]):
        assert secret not in shown


async def test_every_write_leaves_a_line(admin: Admin, notifier_db: Database) -> None:
    with capture_logs() as lines:
        made = (await admin.call("POST", "users", json={"id": 5})).json()
        await admin.call("PUT", "users/5", json={**made, "note": "x"})
        await admin.call("DELETE", "users/5")
        key = (await admin.call("POST", "keys", json={"scopes": ["admin"]})).json()
        await admin.call("PUT", f"keys/{key['id']}", json={"name": "x"})
        await admin.call("DELETE", f"keys/{key['id']}")
        body: dict[str, Any] = {"owner_telegram_id": 5, "token": wb_token()}
        cabinet = (await admin.call("POST", "cabinets", json=body)).json()
        await admin.call("PUT", f"cabinets/{cabinet['id']}", json={"name": "x"})
        await mark_verified(admin.gateway, UUID(cabinet["id"]))
        sync = (await admin.call("POST", "syncs", json={"cabinet_id": cabinet["id"]})).json()
        await admin.call("DELETE", f"cabinets/{cabinet['id']}")
        replay = (await admin.call("POST", "replays", json={})).json()
        await admin.call("PUT", f"replays/{replay['id']}", json={"state": "stopped"})
        redrive = (await admin.call("POST", "redrives", json={"queue": INGESTOR_SYNCS.name})).json()
        delivery = f"{cabinet['id']}~{await deliver(notifier_db, UUID(cabinet['id']), status='failed')}"
        await admin.call("POST", f"deliveries/{delivery}/retry")
        await admin.get("users")
        await admin.call("DELETE", "users/6")
    own = (await admin.get("keys", sort=["id", "ASC"])).json()[0]["id"]
    written = [line for line in lines if line["event"] == "admin.write"]
    assert {line["key_id"] for line in written} == {own}
    whole = ("create", "update", "delete")
    assert [(line["action"], line["resource"], line["record_id"]) for line in written] == [
        *((action, "users", "5") for action in whole),
        *((action, "keys", key["id"]) for action in whole),
        *((action, "cabinets", cabinet["id"]) for action in ("create", "update")),
        ("create", "syncs", sync["id"]),
        ("delete", "cabinets", cabinet["id"]),
        *((action, "replays", replay["id"]) for action in ("create", "update")),
        ("create", "redrives", redrive["id"]),
        ("retry", "deliveries", delivery),
    ]
    assert not any(key["key"] in str(line) or body["token"] in str(line) for line in lines)
