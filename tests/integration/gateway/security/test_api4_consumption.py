"""OWASP API4: nothing that is sent is without a bound, nor anything that is asked for."""

from collections.abc import AsyncIterator

from gateway.api.protection import MAX_BODY_BYTES
from support.bodies import every_schema
from support.gateway import Gateway, User, filled
from support.openapi import operations

BOUNDED_OTHERWISE = {"start_sync.resources": "names of an enumeration, in a body of 64 kB at most"}
"""Arrays of a seller's without `maxItems`, and what bounds them."""

MOST_ROWS = 1_000

SELLERS = [operation for operation in operations() if operation.scope != "admin"]


def test_every_list_and_text_that_a_seller_sends_has_an_end() -> None:
    endless = []
    for operation in SELLERS:
        for where, schema in every_schema((operation.body or {}).get("schema", {}), operation.name):
            if schema.get("type") == "array" and "maxItems" not in schema:
                endless.append(where)
            if schema.get("type") == "string" and not schema.keys() & {
                "maxLength",
                "pattern",
                "enum",
                "const",
                "format",
            }:
                endless.append(where)
    assert sorted(endless) == sorted(BOUNDED_OTHERWISE)


def test_every_list_that_is_asked_for_is_given_page_by_page() -> None:
    limits = {
        operation.name: schema
        for operation in SELLERS
        for each in operation.parameters("query")
        if each["name"] == "limit"
        for _, schema in every_schema(each["schema"], "limit")
        if schema.get("type") == "integer"
    }
    assert len(limits) >= 15
    for name, schema in limits.items():
        assert 1 <= schema["default"] <= schema["maximum"] <= MOST_ROWS, name
        assert schema["minimum"] >= 1, name


async def test_no_operation_reads_a_body_that_is_too_large(gateway: Gateway) -> None:
    user = User(gateway, 1001, await gateway.key(1001, scopes=("read", "write", "admin")))
    with_body = [operation for operation in operations() if operation.body]
    assert len(with_body) >= 25
    for operation in with_body:
        taken: list[int] = []
        answer = await user.call(
            operation.method,
            filled(operation.path).removeprefix("/api/v1"),
            content=_far_too_much(taken),
            headers={"Content-Type": "application/json"},
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "content_too_large"), (operation.name, answer.text)
        assert sum(taken) <= 2 * MAX_BODY_BYTES, "the rest was left unread"


async def _far_too_much(taken: list[int]) -> AsyncIterator[bytes]:
    for _ in range(80):
        taken.append(16 * 1024)
        yield b" " * 16 * 1024
