"""The OpenAPI document: true, complete, and committed."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import gateway.api
import httpx
import pytest
from gateway.__main__ import cli
from gateway.api import described
from gateway.app import interface
from gateway.openapi import document, is_current
from typer.testing import CliRunner

ROOT = Path(__file__).parents[3]
DOCUMENT = json.loads(document())


def operations() -> Iterator[dict[str, Any]]:
    for methods in DOCUMENT["paths"].values():
        yield from methods.values()


def references(node: object) -> Iterator[str]:
    """Every `$ref` in the document."""
    match node:
        case dict():
            for name, value in node.items():
                if name == "$ref":
                    yield value
                else:
                    yield from references(value)
        case list():
            for value in node:
                yield from references(value)


class TestDocument:
    def test_the_committed_one_is_what_the_code_does(self) -> None:
        assert is_current(ROOT / "docs/openapi.json")

    def test_every_operation_is_described_and_names_its_errors(self) -> None:
        for operation in operations():
            assert operation["description"]
            assert {"400", "401", "403", "422", "500"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                if status >= "400":
                    assert list(response["content"]) == ["application/problem+json"]

    def test_operations_have_short_names_of_their_own(self) -> None:
        names = [operation["operationId"] for operation in operations()]
        assert len(names) == len(set(names))
        assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+){0,4}", name)] == []

    def test_a_parameter_is_left_out_and_never_null(self) -> None:
        parameters = [each for operation in operations() for each in operation.get("parameters", ())]
        assert [each for each in parameters if {"type": "null"} in each["schema"].get("anyOf", ())] == []

    def test_every_reference_leads_somewhere(self) -> None:
        for reference in set(references(DOCUMENT)):
            node = DOCUMENT
            for part in reference.removeprefix("#/").split("/"):
                node = node[part]

    def test_every_route_of_the_interface_is_in_it(self) -> None:
        names = [each.name for each in walk_packages(gateway.api.__path__, "gateway.api.")]
        modules = [import_module(name) for name in names]
        routes = [route for module in modules if hasattr(module, "router") for route in module.router.routes]
        told = [route for route in routes if route.include_in_schema]
        there = {(f"/api/v1{route.path}", method.lower()) for route in told for method in route.methods}
        assert there == {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}


def test_it_is_made_once_for_whoever_asks_for_a_method_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    app = interface()
    made = app.openapi()
    monkeypatch.setattr(described, "complete", lambda _: pytest.fail("it is made again"))
    assert app.openapi() is made


async def test_a_parameter_that_an_operation_does_not_know_is_refused() -> None:
    transport = httpx.ASGITransport(interface())
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        for path, methods in DOCUMENT["paths"].items():
            for method in methods:
                answer = await client.request(method, f"{path}?nm_ids=1&%00=1")
                assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
                assert {"query.nm_ids", "query.?"} <= {each["field"] for each in answer.json()["errors"]}


class TestCommand:
    def test_prints_the_document(self) -> None:
        assert CliRunner().invoke(cli, ["openapi"]).stdout == document()

    def test_check_fails_on_a_difference_and_write_mends_it(self, tmp_path: Path) -> None:
        path = tmp_path / "openapi.json"
        refused = CliRunner().invoke(cli, ["openapi", "--check", str(path)])
        assert refused.exit_code == 1
        assert "--write" in refused.stderr
        assert CliRunner().invoke(cli, ["openapi", "--write", str(path)]).exit_code == 0
        assert CliRunner().invoke(cli, ["openapi", "--check", str(path)]).exit_code == 0
