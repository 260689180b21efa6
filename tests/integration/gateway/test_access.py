"""Who may call what, for every route of the OpenAPI document: a new route cannot be forgotten."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from gateway.app import interface
from servicekit.db import Database
from support.gateway import Gateway, User, wb_token
from support.kept_digests import put_digest
from support.stored_orders import snapshot, store
from support.verdicts import mark_verified

DOCUMENT = interface().openapi()


def operations() -> Iterator[tuple[str, str, str]]:
    """Method, path and scope of every documented operation."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            (scope,) = {scope for scheme in operation["security"] for scopes in scheme.values() for scope in scopes}
            yield method.upper(), path, scope


OPERATIONS = list(operations())
every_operation = pytest.mark.parametrize(("method", "path", "scope"), OPERATIONS)

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/cabinets"): lambda _: {"token": wb_token()},
    ("POST", "/api/v1/sync/start"): lambda cabinet_id: {"cabinet_id": str(cabinet_id)},
}
ROWS = {
    "costs": {"nm_id": 7, "valid_from": "2026-11-01", "cost": "520.00"},
    "tax": {"valid_from": "2026-11-01", "percent": "6.00", "base": "income"},
    "other-costs": {"nm_id": 7, "valid_from": "2026-11-01", "amount": "12.00"},
    "lead-times": {"nm_id": 7, "valid_from": "2026-11-01", "lead_days": 10},
    "plan": {"nm_id": 7, "month": "2026-11-01", "orders": 100},
}
"""What is entered, by the end of its path."""


def rest_of(method: str, path: str) -> dict[str, Any]:
    """What an operation needs beside the ids that it takes."""
    kind = path.rpartition("/")[2]
    if path.endswith("/status"):
        return {"params": {"cabinet_id": str(uuid4())}}
    if kind in ROWS and method == "PUT":
        return {"json": {"rows": [ROWS[kind]]}}
    if kind in ROWS and method == "DELETE":
        return {"params": {"nm_id": 7, "valid_from": "2026-11-01", "month": "2026-11-01"}}
    return {}


async def send(gateway: Gateway, method: str, path: str, headers: dict[str, Any]) -> httpx.Response:
    body = {"json": BODIES[method, path](uuid4())} if method == "POST" else {}
    url = path.format(cabinet_id=uuid4(), order_id=uuid4(), nm_id=7, digest_id=uuid4())
    return await gateway.client.request(method, url, headers=headers, **body, **rest_of(method, path))


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:pulse:problem:{code}"
    assert problem["instance"] == answer.request.url.path
    assert len(problem["trace_id"]) == 32


class TestEveryRoute:
    def test_is_documented_and_asks_for_a_key(self) -> None:
        assert len(OPERATIONS) == 33
        assert {scope for _, _, scope in OPERATIONS} == {"read", "write"}
        for method, _, scope in OPERATIONS:
            assert scope == ("read" if method == "GET" else "write")

    @every_operation
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
    async def test_refuses_who_shows_no_valid_key(
        self, gateway: Gateway, method: str, path: str, scope: str, headers: dict[str, Any], code: str
    ) -> None:
        answer = await send(gateway, method, path, headers)
        assert_problem(answer, 401, code)
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    @every_operation
    async def test_refuses_an_expired_and_a_revoked_key(
        self, gateway: Gateway, method: str, path: str, scope: str
    ) -> None:
        past = datetime.now(UTC) - timedelta(seconds=1)
        for key in (await gateway.key(7, expires_at=past), await gateway.key(7, revoked=True)):
            assert_problem(await send(gateway, method, path, {"Authorization": f"Bearer {key}"}), 401, "key_refused")

    @every_operation
    async def test_refuses_a_key_without_its_scope(self, gateway: Gateway, method: str, path: str, scope: str) -> None:
        other = {"read": "write", "write": "read"}[scope]
        key = await gateway.key(7, scopes=(other,))
        assert_problem(await send(gateway, method, path, {"X-API-Key": key}), 403, "scope_missing")

    @every_operation
    async def test_admits_a_key_with_just_its_scope(self, gateway: Gateway, method: str, path: str, scope: str) -> None:
        key = await gateway.key(7, scopes=(scope,))
        answer = await send(gateway, method, path, {"X-API-Key": key})
        assert answer.status_code in (200, 201, 404), answer.text

    @every_operation
    async def test_a_key_for_any_user_must_name_one(self, gateway: Gateway, method: str, path: str, scope: str) -> None:
        key = await gateway.key(None)
        assert_problem(await send(gateway, method, path, {"X-API-Key": key}), 400, "user_not_named")
        for name in ("", "0", "-5", "7.5", "alice", "٧", str(2**52 + 1), "9" * 5000):
            headers = {"X-API-Key": key, "X-Telegram-User-Id": name.encode()}
            assert_problem(await send(gateway, method, path, headers), 400, "user_malformed")

    @every_operation
    async def test_a_users_key_does_not_act_for_another(
        self, gateway: Gateway, method: str, path: str, scope: str
    ) -> None:
        key = await gateway.key(7)
        headers = {"X-API-Key": key, "X-Telegram-User-Id": "8"}
        assert_problem(await send(gateway, method, path, headers), 403, "user_refused")


class TestTenants:
    async def test_every_id_of_another_user_is_answered_like_one_that_does_not_exist(
        self, gateway: Gateway, alice: User, bob: User, reporter_db: Database
    ) -> None:
        """Every operation that takes an id, with an id of Alice's and with nobody's, by Bob."""
        await bob.connect()
        cabinet_id = await alice.connect()
        order = snapshot(cabinet_id)
        await store(reporter_db, cabinet_id, [order])
        await mark_verified(gateway, cabinet_id)
        started = await alice.call("POST", "/sync/start", json={"cabinet_id": str(cabinet_id)})
        digest_id = await put_digest(reporter_db, cabinet_id, "day", date(2026, 11, 19))
        real = {
            "cabinet_id": str(cabinet_id),
            "order_id": str(order.order_id),
            "sync_id": started.json()["sync_id"],
            "digest_id": digest_id,
        }
        tried = set()
        for method, path, name, place in id_parameters():
            foreign = await ask(bob, method, path, name, place, real[name])
            unknown = await ask(bob, method, path, name, place, str(uuid4()))
            assert foreign.status_code == 404, (method, path, name)
            assert without_trace(foreign) == without_trace(unknown)
            tried.add((method, path, name))
        assert len(tried) == 32
        assert (await alice.get(f"/cabinets/{cabinet_id}")).status_code == 200
        assert (await alice.get(f"/orders/{order.order_id}")).status_code == 200
        assert (await alice.get(f"/digests/{digest_id}")).status_code == 200

    async def test_the_bots_key_sees_what_the_named_user_sees(self, gateway: Gateway, alice: User, bob: User) -> None:
        cabinet_id = await alice.connect()
        bot = await gateway.key(None)
        for user, expected in ((alice, [str(cabinet_id)]), (bob, [])):
            headers = {"Authorization": f"Bearer {bot}", "X-Telegram-User-Id": str(user.telegram_id)}
            answer = await gateway.client.get("/api/v1/cabinets", headers=headers)
            assert [cabinet["cabinet_id"] for cabinet in answer.json()["data"]] == expected


def id_parameters() -> Iterator[tuple[str, str, str, str]]:
    """Method, path, name and place of every id that an operation takes."""
    schemas = DOCUMENT["components"]["schemas"]
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", []):
                if parameter["name"].endswith("_id") and parameter["name"] != "nm_id":
                    yield method.upper(), path, parameter["name"], parameter["in"]
            if "requestBody" in operation:
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                for name in schemas[reference.rsplit("/", 1)[1]]["properties"]:
                    if name.endswith("_id"):
                        yield method.upper(), path, name, "body"


async def ask(user: User, method: str, path: str, name: str, place: str, value: str) -> httpx.Response:
    path = path.removeprefix("/api/v1")
    match place:
        case "path":
            return await user.call(method, path.format(**{name: value}), **rest_of(method, path))
        case "query":
            return await user.call(method, path.format(nm_id=7), params={name: value})
        case _:
            return await user.call(method, path, json={name: value})


def without_trace(answer: httpx.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name not in ("trace_id", "instance")}
