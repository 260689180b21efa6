"""Who may call what, for every route of the OpenAPI document: a new route cannot be forgotten."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from contracts.wb_token import Category
from servicekit.db import Database
from support.gateway import Gateway, User, filled, wb_token
from support.kept_digests import put_digest
from support.openapi import document, fields_of
from support.rows import execute
from support.shop import enter_target
from support.shop_alerts import put_alert
from support.signing_in import sign_in
from support.stored_orders import snapshot, store
from support.stored_told import put_told
from support.valid_requests import BODIES, ENDPOINT, rest_of
from support.verdicts import mark_verified
from support.written import put_feedback, put_question

DOCUMENT = document()
PATHS = {path: of_path for path, of_path in DOCUMENT["paths"].items() if not path.startswith("/api/v1/admin/")}
"""Those of administrators have tests of their own, in `admin`."""


WITHOUT_A_KEY = {("POST", f"/api/v1/auth/{way}") for way in ("telegram", "mini-app", "refresh")}
"""By these one comes to have an access token."""


def operations() -> Iterator[tuple[str, str, str]]:
    """Method, path and scope of every documented operation."""
    for path, methods in PATHS.items():
        for method, operation in methods.items():
            if (method.upper(), path) in WITHOUT_A_KEY:
                continue
            (scope,) = {scope for scheme in operation["security"] for scopes in scheme.values() for scope in scopes}
            yield method.upper(), path, scope


OPERATIONS = list(operations())


async def send(gateway: Gateway, method: str, path: str, headers: dict[str, Any]) -> httpx.Response:
    body = {"json": BODIES[method, path](uuid4())} if (method, path) in BODIES else {}
    return await gateway.client.request(method, filled(path), headers=headers, **body, **rest_of(method, path))


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, (answer.request.method, answer.text)
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:pulse:problem:{code}"
    assert problem["instance"] == answer.request.url.path
    assert len(problem["trace_id"]) == 32


class TestEveryRoute:
    def test_is_documented_and_asks_for_a_key(self) -> None:
        assert len(OPERATIONS) >= 56
        assert {scope for _, _, scope in OPERATIONS} == {"read", "write"}
        unsecured = {(m.upper(), path) for path, all_of in PATHS.items() for m in all_of} - {
            (method, path) for method, path, _ in OPERATIONS
        }
        assert unsecured == WITHOUT_A_KEY
        for method, _, scope in OPERATIONS:
            assert scope == ("read" if method == "GET" else "write")

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ({}, "key_missing"),
            ({"Authorization": "Bearer "}, "key_missing"),
            ({"Authorization": "Basic cHVsc2U6cHVsc2U="}, "key_missing"),
            ({"Authorization": "Bearer pulse_unknown"}, "key_refused"),
            ({"X-API-Key": "pulse_unknown"}, "key_refused"),
            ({"X-API-Key": "ключ".encode()}, "key_refused"),
        ],
    )
    async def test_refuses_who_shows_no_valid_key(self, gateway: Gateway, headers: dict[str, Any], code: str) -> None:
        for method, path, _ in OPERATIONS:
            answer = await send(gateway, method, path, headers)
            assert_problem(answer, 401, code)
            assert answer.headers["WWW-Authenticate"] == "Bearer"

    async def test_refuses_an_expired_and_a_revoked_key(self, gateway: Gateway) -> None:
        past = datetime.now(UTC) - timedelta(seconds=1)
        keys = (await gateway.key(7, expires_at=past), await gateway.key(7, revoked=True))
        for method, path, _ in OPERATIONS:
            for key in keys:
                answer = await send(gateway, method, path, {"Authorization": f"Bearer {key}"})
                assert_problem(answer, 401, "key_refused")

    async def test_refuses_a_key_without_its_scope(self, gateway: Gateway) -> None:
        with_other = {"read": await gateway.key(7, scopes=("write",)), "write": await gateway.key(7, scopes=("read",))}
        for method, path, scope in OPERATIONS:
            answer = await send(gateway, method, path, {"X-API-Key": with_other[scope]})
            assert_problem(answer, 403, "scope_missing")

    async def test_admits_a_key_with_just_its_scope(self, gateway: Gateway, notifier_db: Database) -> None:
        await execute(notifier_db, "INSERT INTO channels VALUES ('firebase', true)")
        with_it = {scope: await gateway.key(7, scopes=(scope,)) for scope in ("read", "write")}
        for method, path, scope in OPERATIONS:
            answer = await send(gateway, method, path, {"X-API-Key": with_it[scope]})
            assert answer.status_code in (200, 201, 204, 404), (method, answer.text)

    async def test_a_key_for_any_user_must_name_one(self, gateway: Gateway) -> None:
        key = await gateway.key(None)
        for method, path, _ in OPERATIONS:
            assert_problem(await send(gateway, method, path, {"X-API-Key": key}), 400, "user_not_named")
            for name in ("", "0", "-5", "7.5", "alice", "٧", str(2**52 + 1), "9" * 5000):
                headers = {"X-API-Key": key, "X-Telegram-User-Id": name.encode()}
                assert_problem(await send(gateway, method, path, headers), 400, "user_malformed")

    async def test_a_users_key_does_not_act_for_another(self, gateway: Gateway) -> None:
        headers = {"X-API-Key": await gateway.key(7), "X-Telegram-User-Id": "8"}
        for method, path, _ in OPERATIONS:
            assert_problem(await send(gateway, method, path, headers), 403, "user_refused")


class TestTenants:
    async def test_every_id_of_another_user_is_answered_like_one_that_does_not_exist(
        self, gateway: Gateway, alice: User, bob: User, reporter_db: Database, notifier_db: Database
    ) -> None:
        """Every operation that takes an id, with an id of Alice's and with nobody's, by Bob."""
        await bob.connect()
        cabinet_id = await alice.connect(wb_token(categories=frozenset(Category)))
        order = snapshot(cabinet_id)
        await store(reporter_db, cabinet_id, [order])
        await mark_verified(gateway, cabinet_id)
        invited = await alice.call("POST", f"/cabinets/{cabinet_id}/invitations", json={"role": "viewer"})
        hook = await alice.call("POST", "/webhooks", json={"url": ENDPOINT})
        started = await alice.call("POST", "/sync/start", json={"cabinet_id": str(cabinet_id)})
        await put_feedback(reporter_db, cabinet_id, "review", 5)
        await put_question(reporter_db, cabinet_id, "question")
        answered = await alice.call("POST", "/reviews/review/answer", json={"text": "Спасибо"})
        alert_id = uuid4()
        await put_alert(reporter_db, cabinet_id, "7", alert_id=alert_id)
        digest_id = await put_digest(reporter_db, cabinet_id, "day", date(2026, 11, 19))
        real = {
            "cabinet_id": str(cabinet_id),
            "order_id": str(order.order_id),
            "sync_id": started.json()["sync_id"],
            "alert_id": str(alert_id),
            "webhook_id": hook.json()["webhook_id"],
            "review_id": "review",
            "question_id": "question",
            "digest_id": digest_id,
            "delivery_id": await put_told(notifier_db, cabinet_id, alice.telegram_id),
            "target_id": (await enter_target(gateway, alice, "alice")).json()["target_id"],
            "command_id": answered.json()["command_id"],
            "invitation_id": invited.json()["invitation_id"],
            "session_id": str((await sign_in(gateway, alice.telegram_id)).session_id),
        }
        tried = set()
        for method, path, name, place in id_parameters():
            foreign = await ask(bob, method, path, name, place, real[name])
            unknown = await ask(bob, method, path, name, place, str(uuid4()))
            assert foreign.status_code == 404, (method, path, name)
            assert without_trace(foreign) == without_trace(unknown)
            tried.add((method, path, name))
        print(f"{len(tried)} operations and ids of others")
        assert len(tried) >= 50
        assert (await alice.get(f"/cabinets/{cabinet_id}")).status_code == 200
        assert (await alice.get(f"/orders/{order.order_id}")).status_code == 200
        for path in (f"/digests/{digest_id}", "/reviews/review", "/questions/question"):
            assert (await alice.get(path)).status_code == 200

    async def test_the_bots_key_sees_what_the_named_user_sees(self, gateway: Gateway, alice: User, bob: User) -> None:
        cabinet_id = await alice.connect()
        bot = await gateway.key(None)
        for user, expected in ((alice, [str(cabinet_id)]), (bob, [])):
            headers = {"Authorization": f"Bearer {bot}", "X-Telegram-User-Id": str(user.telegram_id)}
            answer = await gateway.client.get("/api/v1/cabinets", headers=headers)
            assert [cabinet["cabinet_id"] for cabinet in answer.json()["data"]] == expected


def id_parameters() -> Iterator[tuple[str, str, str, str]]:
    """Method, path, name and place of every id that an operation takes."""
    for path, methods in PATHS.items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", []):
                if parameter["name"].endswith("_id") and parameter["name"] not in ("nm_id", "telegram_id"):
                    yield method.upper(), path, parameter["name"], parameter["in"]
            if "requestBody" in operation:
                for name in fields_of(operation["requestBody"]["content"]["application/json"]):
                    if name.endswith("_id") and name not in ("nm_id", "chat_id", "topic_id"):
                        yield method.upper(), path, name, "body"


async def ask(user: User, method: str, path: str, name: str, place: str, value: str) -> httpx.Response:
    body = {"json": BODIES[method, path](uuid4())} if (method, path) in BODIES else {}
    path = path.removeprefix("/api/v1")
    match place:
        case "path":
            url = filled(path.replace(f"{{{name}}}", value))
            return await user.call(method, url, **body, **rest_of(method, path))
        case "query":
            beside = rest_of(method, path).get("params", {}) if path.endswith("/effective") else {}
            return await user.call(method, filled(path), params=beside | {name: value})
        case _:
            return await user.call(method, path, json=(body.get("json") or {}) | {name: value})


def without_trace(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name not in ("trace_id", "instance")}
