"""Errors of every kind, and what surrounds every answer."""

import base64
import hashlib
import json
import re
from typing import Any

import pytest
from gateway import cabinets
from gateway.api.protection import MAX_BODY_BYTES, SECURITY_HEADERS
from gateway.openapi import document
from servicekit.db import Database
from support.gateway import Gateway, User, wb_token
from support.problems import assert_problem, validate
from support.stored_orders import snapshot, store
from support.verdicts import mark_verified


class TestProblems:
    async def test_an_unknown_path(self, gateway: Gateway) -> None:
        await assert_problem(await gateway.client.get("/api/v2/orders"), 404, "not_found")

    async def test_a_method_the_path_does_not_take(self, gateway: Gateway) -> None:
        answer = await gateway.client.patch("/api/v1/cabinets")
        await assert_problem(answer, 405, "method_not_allowed")
        assert answer.headers["Allow"]

    async def test_a_path_that_is_not_an_id(self, alice: User) -> None:
        problem = await assert_problem(await alice.get("/orders/none"), 422, "invalid_request")
        assert problem["errors"][0]["field"] == "path.order_id"

    async def test_an_unknown_field(self, alice: User) -> None:
        answer = await alice.call("POST", "/cabinets", json={"token": wb_token(), "role": "admin"})
        problem = await assert_problem(answer, 422, "invalid_request")
        assert [error["field"] for error in problem["errors"]] == ["body.role"]

    async def test_an_unknown_field_whose_name_is_a_secret(self, alice: User) -> None:
        answer = await alice.call("POST", "/cabinets", json={"token": wb_token(), wb_token(): ""})
        problem = await assert_problem(answer, 422, "invalid_request")
        assert [error["field"] for error in problem["errors"]] == ["body.?"]

    async def test_a_body_that_declares_to_be_too_large(self, gateway: Gateway, alice: User) -> None:
        answer = await alice.call("POST", "/cabinets", json={"token": "t" * MAX_BODY_BYTES})
        await assert_problem(answer, 413, "content_too_large")

    async def test_a_body_that_grows_too_large(self, alice: User) -> None:
        async def chunks() -> Any:
            yield b'{"token": "'
            for _ in range(MAX_BODY_BYTES // 1024 + 1):
                yield b"t" * 1024

        headers = {"Content-Type": "application/json"}
        answer = await alice.call("POST", "/cabinets", content=chunks(), headers=headers)
        await assert_problem(answer, 413, "content_too_large")

    async def test_a_failure_of_ours_tells_nothing_of_its_cause(
        self, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def broken(*_: object) -> None:
            raise RuntimeError("the secret of the house")

        monkeypatch.setattr(cabinets, "list_of", broken)
        answer = await alice.get("/cabinets")
        await assert_problem(answer, 500, "internal_error")
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text

    async def test_the_trace_id_is_that_of_the_callers_trace(self, alice: User) -> None:
        trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
        answer = await alice.call("GET", "/orders/none", headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"})
        assert answer.json()["trace_id"] == trace_id


class TestAnswers:
    async def test_every_answer_has_the_fields_of_its_schema_and_no_other(
        self, gateway: Gateway, alice: User, reporter_db: Database
    ) -> None:
        connected = await alice.call("POST", "/cabinets", json={"token": wb_token()})
        validate(connected.json(), "Cabinet")
        cabinet_id = connected.json()["cabinet_id"]
        await mark_verified(gateway, cabinet_id)
        validate((await alice.get(f"/cabinets/{cabinet_id}")).json(), "Answered_CabinetDetails_")
        validate((await alice.get("/cabinets")).json(), "Listed_Cabinet_")
        order = snapshot(cabinet_id)
        await store(reporter_db, cabinet_id, [order])
        validate((await alice.get("/orders")).json(), "Listed_Order_")
        validate((await alice.get(f"/orders/{order.order_id}")).json(), "Answered_Order_")
        started = await alice.call("POST", "/sync/start", json={"cabinet_id": cabinet_id})
        validate(started.json(), "StartedSync")
        validate((await alice.get("/sync/status", cabinet_id=cabinet_id)).json(), "Answered_SyncStatus_")

    async def test_every_answer_carries_the_security_headers_and_no_cors(self, alice: User) -> None:
        answer = await alice.call("GET", "/cabinets", headers={"Origin": "https://elsewhere.example"})
        # A client may keep what it read for itself, and asks each time whether it is still so.
        expected = {**SECURITY_HEADERS, "Cache-Control": "private, no-cache"}
        assert all(answer.headers[name] == value for name, value in expected.items())
        assert not [name for name in answer.headers if name.startswith("access-control")]

    async def test_the_docs_page_loads_nothing_from_elsewhere(self, gateway: Gateway) -> None:
        answer = await gateway.client.get("/docs")
        assert answer.status_code == 200
        assert answer.headers["X-Frame-Options"] == "DENY"
        loaded = re.findall(r"(?:src|href)=\"([^\"]+)\"", answer.text)
        assert len(loaded) == 3
        for path in loaded:
            file = await gateway.client.get(path)
            assert path.startswith("/docs/")
            assert file.status_code == 200
            assert len(file.content) > 1000
            assert file.headers["Cache-Control"] == "public, max-age=86400"
        assert (await gateway.client.get("/docs/else.js")).status_code == 404
        assert "http" not in answer.text

    async def test_the_policy_of_the_docs_page_allows_its_own_script_alone(self, gateway: Gateway) -> None:
        answer = await gateway.client.get("/docs")
        [script] = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == f"'self' 'sha256-{digest}'"
        assert policy["connect-src"] == "'self'"

    async def test_the_served_document_is_the_committed_one(self, gateway: Gateway) -> None:
        served = (await gateway.client.get("/openapi.json")).json()
        assert served == json.loads(document())


class TestHealth:
    async def test_the_process_answers(self, gateway: Gateway) -> None:
        assert (await gateway.client.get("/health/live")).json() == {"status": "ok"}

    async def test_it_is_not_ready_without_a_broker_and_says_so(self, gateway: Gateway) -> None:
        answer = await gateway.client.get("/health/ready")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"postgres": True, "rabbitmq": False, "redis": True}
