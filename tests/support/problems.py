"""Problem details, as the OpenAPI document describes them."""

import copy
from typing import Any

import httpx
from gateway.api.protection import SECURITY_HEADERS
from jsonschema import Draft202012Validator, FormatChecker

from support.openapi import document

COMPONENTS: dict[str, Any] = copy.deepcopy(document()["components"]["schemas"])
for _schema in COMPONENTS.values():
    _schema.setdefault("additionalProperties", False)


def validate(instance: Any, schema: str) -> None:
    """The instance has the schema's fields, each of its kind, and no other."""
    root = {"$ref": f"#/components/schemas/{schema}", "components": {"schemas": COMPONENTS}}
    Draft202012Validator(root, format_checker=FormatChecker()).validate(instance)


async def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer is a whole problem with that code; its members."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert all(answer.headers[name] == value for name, value in SECURITY_HEADERS.items())
    problem: dict[str, Any] = answer.json()
    validate(problem, "ProblemDetails")
    assert (problem["status"], problem["code"]) == (status, code)
    return problem
