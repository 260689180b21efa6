"""No command without its record, no record without its command, and no administrator's read without one."""

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from contracts.audit import ADMINISTRATION, AuditRecordedV1, cabinets_chain, users_chain
from contracts.envelope import Event
from contracts.topics import INGESTOR_SYNCS
from contracts.wb_token import Category
from gateway import cabinets
from gateway.__main__ import cli
from gateway.idempotency.once import REPLAYED
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy import text
from support.administration import Admin, deliver
from support.gateway import Gateway, User, filled, wb_token
from support.openapi import document
from support.outbox_rows import published
from support.rows import execute, rows
from support.shop import enter_target
from support.shop_alerts import put_alert
from support.signing_in import init_data, sign_in, widget
from support.valid_requests import BODIES, ENDPOINT, rest_of
from support.verdicts import mark_verified
from support.written import put_feedback, put_question
from typer.testing import CliRunner

DOCUMENT = document()
ADMIN = "/api/v1/admin/"
AUTH = "/api/v1/auth/"
DISCONNECT = "/api/v1/cabinets/{cabinet_id}"
SELLER = uuid4()


def commands() -> Iterator[tuple[str, str, str]]:
    """Method, path and id of every operation that changes anything; what takes something away comes last."""
    found = [
        (method.upper(), path, operation["operationId"])
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if method != "get"
    ]
    return iter(sorted(found, key=lambda each: (each[0] == "DELETE", each[:2] == ("DELETE", DISCONNECT))))


COMMANDS = list(commands())


async def recorded(database: Database) -> list[Event[AuditRecordedV1]]:
    return await published(database, AuditRecordedV1.TYPE)


async def last(gateway: Gateway) -> Event[AuditRecordedV1]:
    return (await recorded(gateway.database))[-1]


async def shop_of(
    gateway: Gateway, alice: User, reporter_db: Database, notifier_db: Database
) -> tuple[UUID, dict[str, str]]:
    """A cabinet of Alice's, and ids of what there is to change in it."""
    cabinet_id = await alice.connect(wb_token(seller_id=SELLER, categories=frozenset(Category)))
    await mark_verified(gateway, cabinet_id)
    await execute(notifier_db, "INSERT INTO channels VALUES ('firebase', true)")
    await gateway.join(cabinet_id, 7, "viewer")
    for number in ("review", "review2"):
        await put_feedback(reporter_db, cabinet_id, number, 5)
    await put_question(reporter_db, cabinet_id, "question")
    alert_id = uuid4()
    await put_alert(reporter_db, cabinet_id, "7", alert_id=alert_id)
    invited = await alice.call("POST", f"/cabinets/{cabinet_id}/invitations", json={"role": "viewer"})
    hook = await alice.call("POST", "/webhooks", json={"url": ENDPOINT})
    delivery = await deliver(notifier_db, cabinet_id, status="failed")
    return cabinet_id, {
        "cabinet_id": str(cabinet_id),
        "telegram_id": "7",
        "alert_id": str(alert_id),
        "webhook_id": hook.json()["webhook_id"],
        "review_id": "review",
        "question_id": "question",
        "target_id": (await enter_target(gateway, alice, "alice")).json()["target_id"],
        "invitation_id": invited.json()["invitation_id"],
        "session_id": str((await sign_in(gateway, alice.telegram_id)).session_id),
        "delivery": f"{cabinet_id}~{delivery}",
    }


def admin_body(path: str, method: str, cabinet_id: UUID) -> dict[str, Any]:
    since = {"since": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"}
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("POST", "users"): {"id": 78},
        ("POST", "cabinets"): {"owner_telegram_id": 77, "token": wb_token()},
        ("POST", "keys"): {"scopes": ["admin"]},
        ("POST", "backfills"): {"cabinet_id": str(cabinet_id), "resource": "orders", **since},
        ("POST", "syncs"): {"cabinet_id": str(cabinet_id)},
        ("POST", "redrives"): {"queue": INGESTOR_SYNCS.name},
        ("POST", "replays"): {},
        ("PUT", "users"): {"note": "pays"},
        ("PUT", "cabinets"): {"name": "Юг"},
        ("PUT", "keys"): {"name": "other"},
        ("PUT", "replays"): {"state": "stopped"},
    }
    return bodies.get((method, path.removeprefix(ADMIN).split("/")[0]), {})


NOT_DONE = {"accept_invitation", "send_code", "reject_question", "edit_review_answer"}
"""Refused here, whoever asks: there is no such invitation, nothing waits for a code, and answers are under way."""


async def test_every_command_of_the_document_leaves_its_record(
    gateway: Gateway, alice: User, reporter_db: Database, notifier_db: Database, rabbitmq_url: str
) -> None:
    cabinet_id, real = await shop_of(gateway, alice, reporter_db, notifier_db)
    admin = Admin(gateway, await gateway.key(None, scopes=("admin",)))
    session = await sign_in(gateway, alice.telegram_id)
    of_signing_in = {
        "telegram": widget(alice.telegram_id),
        "mini-app": {"init_data": init_data(alice.telegram_id)},
        "refresh": {"refresh_token": session.refresh_token},
    }
    made: dict[str, str] = {"deliveries": real["delivery"]}

    async def send(method: str, path: str) -> httpx.Response:
        if path.startswith(ADMIN):
            resource = path.removeprefix(ADMIN).split("/")[0]
            url = path.removeprefix(ADMIN).replace("{record_id}", made.get(resource, ""))
            answer = await admin.call(method, url, json=admin_body(path, method, cabinet_id))
            if method == "POST" and answer.status_code < 300:
                made[resource] = str(answer.json()["id"])
            return answer
        if path.startswith(AUTH) and not path.endswith("sign-out"):
            return await gateway.client.post(path, json=of_signing_in[path.removeprefix(AUTH)])
        user = session.user if path.startswith(AUTH) else alice
        url = filled(re.sub(r"{(\w+)}", lambda name: real.get(name[1], name[0]), path.removeprefix("/api/v1")))
        body = {"json": BODIES[method, path](cabinet_id)} if (method, path) in BODIES else {}
        if path.endswith("/token"):
            body = {"json": {"token": wb_token(seller_id=SELLER, categories=frozenset(Category))}}
        return await user.call(method, url, **{**body, **rest_of(method, path)})

    refused, seen = {}, len(await recorded(gateway.database))
    for method, path, operation in COMMANDS:
        answer = await send(method, path)
        if path.endswith("/token"):
            await mark_verified(gateway, cabinet_id)
        records = (await recorded(gateway.database))[seen:]
        seen += len(records)
        assert records, (operation, answer.status_code, answer.text)
        assert {record.data.action for record in records} == {operation}
        final = records[-1].data
        if answer.status_code < 300:
            assert final.outcome in ("done", "unchanged"), operation
            assert [record.data.outcome for record in records[:-1]] in ([], ["begun"]), operation
        else:
            refused[operation] = (answer.status_code, answer.json()["code"])
            assert (final.outcome, final.status, final.code) == ("refused", *refused[operation])
        who = "administrator" if path.startswith(ADMIN) else "user"
        assert final.actor.kind == who, operation
    assert len(COMMANDS) >= 60
    assert refused.keys() == NOT_DONE


class TestOneTransaction:
    async def test_what_cannot_be_recorded_is_not_done(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cabinet_id = await alice.connect(name="Север")

        async def fail(*_: object) -> bool:
            raise ConnectionError("away")

        with monkeypatch.context() as patch:
            patch.setattr(outbox, "append_if_changed", fail)
            answer = await alice.call("PATCH", f"/cabinets/{cabinet_id}", json={"name": "Юг"})
        assert answer.status_code >= 500
        assert (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]["name"] == "Север"
        assert [event.type for event in await published(gateway.database)] == ["cabinet.connected.v1"]

    async def test_what_is_not_done_is_recorded_as_refused_alone(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        viewer = await gateway.join(cabinet_id, 7, "viewer")
        seen = len(await recorded(gateway.database))
        answer = await viewer.call("PATCH", f"/cabinets/{cabinet_id}", json={"name": "Юг"})
        assert answer.status_code == 403
        [record] = (await recorded(gateway.database))[seen:]
        said = record.data
        assert (said.outcome, said.status, said.code) == ("refused", 403, "role_insufficient")
        assert (said.actor.role, said.personal.telegram_id) == ("viewer", 7)
        assert record.cabinetid == cabinets_chain(cabinet_id)

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k"}])
    async def test_what_breaks_is_recorded_as_failed_alone(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
    ) -> None:
        cabinet_id = await alice.connect()
        seen = len(await recorded(gateway.database))
        rename = cabinets.rename

        async def break_after(*arguments: Any, **named: Any) -> None:
            await rename(*arguments, **named)
            raise RuntimeError("broken")

        monkeypatch.setattr(cabinets, "rename", break_after)
        answer = await alice.call("PATCH", f"/cabinets/{cabinet_id}", json={"name": "Юг"}, headers=headers)
        assert answer.status_code == 500
        assert [record.data.outcome for record in (await recorded(gateway.database))[seen:]] == ["failed"]
        assert (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]["name"] is None

    async def test_a_repeated_request_is_recorded_once(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        seen = len(await recorded(gateway.database))
        for _ in range(2):
            answer = await alice.call(
                "PATCH", f"/cabinets/{cabinet_id}", json={"name": "Юг"}, headers={"Idempotency-Key": "k"}
            )
            assert answer.status_code == 200
        assert answer.headers[REPLAYED[0].decode()] == "true"
        assert [record.data.outcome for record in (await recorded(gateway.database))[seen:]] == ["done"]


async def test_a_record_says_who_did_what_to_what_and_how_it_was(gateway: Gateway, alice: User) -> None:
    cabinet_id = await alice.connect(name="Север")
    await alice.call("PATCH", f"/cabinets/{cabinet_id}", json={"name": "Юг"})
    record = await last(gateway)
    said = record.data
    [key] = await rows(gateway.database, "SELECT key_id FROM api_keys")
    assert (said.actor.kind, said.actor.key_id, said.actor.role) == ("user", key["key_id"], "owner")
    assert (said.action, said.outcome, said.targets) == (
        "rename_cabinet", "done", {"cabinet_id": str(cabinet_id)}
    )  # fmt: skip
    assert (said.personal.before, said.personal.after) == ({"name": "Север"}, {"name": "Юг"})
    assert said.personal.telegram_id == alice.telegram_id
    assert (said.before, said.after) == ({}, {})
    # It stays when the cabinet's events are purged.
    assert (record.cabinetid, said.cabinet_id) == (cabinets_chain(cabinet_id), cabinet_id)
    assert said.trace_id is not None


async def test_what_was_entered_is_there_as_it_was_and_as_it_is(gateway: Gateway, alice: User) -> None:
    cabinet_id = await alice.connect()
    for cost in ("500.00", "520.00"):
        row = {"nm_id": 7, "valid_from": "2026-11-01", "cost": cost}
        await alice.call("PUT", f"/cabinets/{cabinet_id}/costs", json={"rows": [row]})
    said = (await last(gateway)).data
    assert [row["cost"] for row in json.loads(json.dumps(said.before["rows"]))] == ["500.00"]
    assert [row["cost"] for row in json.loads(json.dumps(said.after["rows"]))] == ["520.00"]


async def test_a_stranger_is_recorded_in_a_chain_of_his_own(gateway: Gateway, alice: User, bob: User) -> None:
    cabinet_id = await alice.connect()
    assert (await bob.call("DELETE", f"/cabinets/{cabinet_id}")).status_code == 404
    record = await last(gateway)
    assert record.cabinetid == users_chain(bob.telegram_id)
    assert (record.data.code, record.data.targets) == ("cabinet_not_found", {"cabinet_id": str(cabinet_id)})


async def test_no_other_service_is_shown_records(gateway: Gateway, alice: User) -> None:
    cabinet_id = await alice.connect()
    shown = f"{cabinets_chain(cabinet_id)},{cabinet_id},{users_chain(alice.telegram_id)}"
    async with gateway.database.transaction() as connection:
        await connection.execute(text("SELECT set_config('pulse.cabinet_ids', :shown, true)"), {"shown": shown})
        found = await connection.exec_driver_sql("SELECT type FROM gateway_published.event_log")
        assert found.all() == []
    assert len(await recorded(gateway.database)) == 1


async def test_who_shows_no_key_leaves_nothing(gateway: Gateway) -> None:
    await gateway.client.post("/api/v1/cabinets", json={"token": wb_token()})
    await gateway.client.post("/api/v1/auth/telegram", json={**widget(7), "hash": "0" * 64})
    await gateway.client.post("/api/v1/nothing", headers={"X-API-Key": await gateway.key(7)})
    assert await recorded(gateway.database) == []


async def test_no_secret_is_in_any_record(gateway: Gateway, alice: User, notifier_db: Database) -> None:
    await execute(notifier_db, "INSERT INTO channels VALUES ('firebase', true)")
    token, phone, path = wb_token(), f"phone-{uuid4()}", f"hook-{uuid4()}"
    cabinet_id = await alice.connect(token)
    await alice.call("PUT", f"/cabinets/{cabinet_id}/token", json={"token": token})
    hook = (await alice.call("POST", "/webhooks", json={"url": f"{ENDPOINT}/{path}"})).json()
    await alice.call("PUT", f"/webhooks/{hook['webhook_id']}", json={"url": f"{ENDPOINT}/{path}/2"})
    rotated = await alice.call("POST", f"/webhooks/{hook['webhook_id']}/secrets", json={"previous_hours": 1})
    await alice.call("POST", "/notifications/targets", json={"channel": "firebase", "token": phone})
    signed_in = await sign_in(gateway, alice.telegram_id)
    invited = await alice.call("POST", f"/cabinets/{cabinet_id}/invitations", json={"role": "viewer"})
    await gateway.client.post("/api/v1/auth/refresh", json={"refresh_token": signed_in.refresh_token})
    await alice.call("POST", "/invitations/accept", json={"token": invited.json()["token"]})
    secrets = [token, phone, path, hook["secret"], rotated.json()["secret"], signed_in.refresh_token, alice.key]
    secrets += [signed_in.user.key, invited.json()["token"], widget(alice.telegram_id)["hash"]]
    told = "".join(record.model_dump_json() for record in await recorded(gateway.database))
    assert [secret for secret in secrets if secret in told] == []
    assert len(await recorded(gateway.database)) >= 9


async def test_what_an_operator_changes_is_recorded(gateway: Gateway) -> None:
    async def run(*words: str, **more: str) -> None:
        environment = {"DATABASE_URL": gateway.database.dsn, **gateway.redis_environment, **more}
        result = await asyncio.to_thread(CliRunner().invoke, cli, list(words), env=environment)
        assert result.exit_code == 0, result.output

    await run("keys", "create", "--telegram-id", "1234567", "--name", "bench")
    [key] = await rows(gateway.database, "SELECT key_id FROM api_keys")
    for _ in range(2):
        await run("keys", "keep", GATEWAY_API_KEY=f"pulse_{'k' * 40}")
    await run("keys", "revoke", str(key["key_id"]))
    found = await recorded(gateway.database)
    assert [each.data.action for each in found] == ["gateway keys create", "gateway keys keep", "gateway keys revoke"]
    assert {(each.cabinetid, each.data.actor.kind) for each in found} == {(ADMINISTRATION, "operator")}
    assert found[0].data.targets == found[2].data.targets == {"key_id": str(key["key_id"])}
    assert (found[0].data.personal.after["telegram_id"], found[0].data.after["scopes"]) == (
        1_234_567,
        ["read", "write"],
    )
    assert "k" * 40 not in "".join(each.model_dump_json() for each in found)


class TestAdministrators:
    @pytest.fixture
    async def admin(self, gateway: Gateway, notifier_db: Database) -> Admin:
        return Admin(gateway, await gateway.key(None, scopes=("admin",)))

    async def test_every_read_is_recorded(self, admin: Admin, rabbitmq_url: str) -> None:
        for path, methods in DOCUMENT["paths"].items():
            if path.startswith(ADMIN) and "get" in methods:
                seen = len(await recorded(admin.gateway.database))
                answer = await admin.call("GET", filled(path.removeprefix(ADMIN)))
                [record] = (await recorded(admin.gateway.database))[seen:]
                assert record.cabinetid == ADMINISTRATION
                assert record.data.action == methods["get"]["operationId"]
                assert record.data.actor.kind == "administrator"
                assert record.data.outcome == ("read" if answer.status_code == 200 else "refused")

    async def test_a_read_that_cannot_be_recorded_is_not_answered(
        self, admin: Admin, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await alice.connect(name="Север")

        async def fail(*_: object) -> None:
            raise ConnectionError("away")

        with monkeypatch.context() as patch:
            patch.setattr(outbox, "append", fail)
            answer = await admin.get("cabinets")
        assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
        assert "Север" not in answer.text

    async def test_what_he_asked_for_is_personal(self, admin: Admin) -> None:
        await admin.get("cabinets", filter={"owner_telegram_id": 1_234_567})
        said = (await last(admin.gateway)).data
        assert "1234567" in str(said.personal.after["query"])
        assert "1234567" not in said.model_dump_json(exclude={"personal"})

    async def test_what_he_changes_of_a_cabinet_is_in_the_cabinets_chain(self, admin: Admin, alice: User) -> None:
        cabinet_id = await alice.connect(name="Север")
        await admin.call("PUT", f"cabinets/{cabinet_id}", json={"name": "Юг"})
        record = await last(admin.gateway)
        assert record.cabinetid == cabinets_chain(cabinet_id)
        assert (record.data.actor.kind, record.data.personal.before) == ("administrator", {"name": "Север"})

    async def test_ids_of_users_are_personal(self, admin: Admin) -> None:
        await admin.call("POST", "users", json={"id": 1_234_567})
        await admin.call("PUT", "users/1234567", json={"note": "pays"})
        for record in await recorded(admin.gateway.database):
            assert "1234567" not in record.data.model_dump_json(exclude={"personal"})
            assert "1234567" in record.data.personal.model_dump_json()

    async def test_what_the_broker_does_is_recorded_before_and_after(self, admin: Admin, rabbitmq_url: str) -> None:
        await admin.call("POST", "redrives", json={"queue": INGESTOR_SYNCS.name})
        begun, done = await recorded(admin.gateway.database)
        assert (begun.data.outcome, done.data.outcome, done.data.after["put_back"]) == ("begun", "done", 0)
        assert begun.data.request_id == done.data.request_id
