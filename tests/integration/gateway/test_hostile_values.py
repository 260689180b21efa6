"""Whatever anybody sends to any parameter of any operation is answered with a refusal, never by a failure of ours."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from servicekit.db import Database
from support.gateway import Gateway, User, filled, wb_token
from support.openapi import document, fields_of

DOCUMENT = document()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def every_operation(has: Callable[[dict[str, Any]], object] = lambda _: True) -> pytest.MarkDecorator:
    """Every operation that has what a test is about."""
    chosen = [each for each in OPERATIONS if has(each[2])]
    return pytest.mark.parametrize(
        ("method", "path", "operation"), chosen, ids=[f"{method} {path}" for method, path, _ in chosen]
    )


def has_in_url(operation: dict[str, Any]) -> bool:
    return any(each["in"] in ("path", "query") for each in operation.get("parameters", ()))


EVERYTHING = ("read", "write", "admin")

ESCAPED = [
    *("9" * 19, "9" * 100, "9" * 5_000, "-" + "9" * 100, "0" * 19 + "1" + "9" * 80, "0" * 5_000 + "1"),
    *(str(2**31), str(2**63 - 1), str(2**63), str(-(2**63)), "-1", "0", "1e999", "NaN", "1_000", "%C2%B2", "%D9%A3"),
    *("", "%00", "a%00b", "%ED%A0%BD", "%FF", "%F0%9F%92%A9", "a" * 10_000, "%0A", "%27%3B--"),
    *("0001-01-01", "9999-12-31", "10000-01-01", "-0001-01-01", "99999999999999", "0001-01-01T00:00:00%2B14:00"),
    # Cursors: of the first and the last moment there is, and of moments past both in another zone.
    *(
        "WyItb3JkZXJlZF9hdCIsIjAwMDEtMDEtMDFUMDA6MDA6MDArMDA6MDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ",
    ),
    *(
        "WyItb3JkZXJlZF9hdCIsIjk5OTktMTItMzFUMjM6NTk6NTkuOTk5OTk5KzAwOjAwIiwiZmZmZmZmZmYtZmZmZi1mZmZmLWZmZmYtZmZmZmZmZmZmZmZmIl0",
    ),
    *(
        "WyItb3JkZXJlZF9hdCIsIjAwMDEtMDEtMDFUMDA6MDA6MDArMTQ6MDAiLCIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiXQ",
    ),
]
"""As they stand in a URL."""

RAW = [
    *(b"9" * 19, b"9" * 100, b"9" * 5_000, b"-1", b"0" * 19 + b"1" + b"9" * 80, b"0" * 5_000 + b"7", b"+5", b"5.0"),
    *(
        str(2**52 + 1).encode(),
        str(2**63).encode(),
        b"",
        b" ",
        b"a" * 5_000,
        b"\x00",
        b"5\x00",
        b"\xff",
        b"\xb2",
        b"\xd9\xa3",
    ),
]
"""As they stand in a header."""

OTHER_HEADERS = {"authorization", "x-api-key", "content-length", "content-type", "traceparent", "baggage"}

DEEP = "[" * 20_000
IN_JSON = [
    *("9" * 100, "9" * 5_000, "-" + "9" * 30, "1e999", "1e-999", "NaN", "Infinity", "null", "true", "[]", "{}", "[[]]"),
    *(r'"\u0000"', r'"a\u0000b"', r'"\ud83d"', r'"\udca9\ud83d"', '""', '"' + "a" * 60_000 + '"', '"9999-99-99"'),
    *('"' + "é" * 20_000 + '"', '["orders","orders"]', r'["\ud83d"]', f"[{2**63}]", DEEP, '"', "\xff"),
]
"""As they stand in a JSON body, some of which are none."""


def properties(operation: dict[str, Any]) -> Iterator[str]:
    """The names of the fields of the operation's body."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from fields_of(content)


def fields_beside(cabinet_id: object) -> dict[str, str]:
    """What makes a body whole where one of its fields is not what it should be."""
    return {
        "cabinet_id": f'"{cabinet_id}"',
        "token": f'"{wb_token()}"',
        "url": '"https://93.184.216.34/"',
        "since": '"2026-11-20T00:00:00Z"',
    }


MALFORMED: set[tuple[str, str]] = set()
"""Parameters as they are defined, and values of them that were refused for themselves. What another operation defines
in the same words the same code reads, before the operation's own, so that it is not tried there again."""


def definition(parameter: dict[str, Any]) -> str:
    return json.dumps(parameter, sort_keys=True)


HEADERS_REFUSED = {"x-telegram-user-id": "user_malformed", "Idempotency-Key": "idempotency_key_malformed"}


def is_malformed(answer: httpx.Response, name: str) -> bool:
    """Whether this parameter, and no other, was refused for its form."""
    code = answer.json()["code"] if answer.status_code in (400, 422) else None
    if code == "invalid_request":
        return [error["field"].partition(".")[2] for error in answer.json()["errors"]] == [name]
    return code is not None and code == HEADERS_REFUSED.get(name)


@pytest.fixture
async def alice(gateway: Gateway, notifier_db: Database) -> User:
    """A user whose key may do everything."""
    return User(gateway, 1001, await gateway.key(1001, scopes=EVERYTHING))


def assert_no_failure(answer: httpx.Response, said: object) -> None:
    assert answer.status_code < 500, (said, answer.text)


@every_operation(has_in_url)
async def test_in_the_url(gateway: Gateway, alice: User, method: str, path: str, operation: dict[str, Any]) -> None:
    await alice.connect()
    for parameter in operation.get("parameters", ()):
        for value in ESCAPED:
            if (definition(parameter), value) in MALFORMED:
                continue
            if parameter["in"] == "path":
                url = path.replace("{" + parameter["name"] + "}", value)
            elif parameter["in"] == "query":
                url = f"{filled(path)}?{parameter['name']}={value}"
            else:
                continue
            answer = await alice.call(method, url.removeprefix("/api/v1"))
            assert_no_failure(answer, (parameter["name"], value[:200]))
            if is_malformed(answer, parameter["name"]):
                MALFORMED.add((definition(parameter), value))


@every_operation()
async def test_in_headers(gateway: Gateway, alice: User, method: str, path: str, operation: dict[str, Any]) -> None:
    bot = await gateway.key(None, scopes=EVERYTHING)
    names = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}
    if path == "/api/v1/cabinets":  # the others are read before an operation is chosen
        names |= OTHER_HEADERS
    for name in names:
        for value in RAW:
            if (name, repr(value)) in MALFORMED:
                continue
            headers: dict[str, Any] = {"x-api-key": bot, "x-telegram-user-id": "7", name: value}
            url, body = filled(path), b"{}" if method in ("POST", "PUT", "PATCH") else None
            answer = await gateway.client.request(method, url, headers=headers, content=body)
            assert_no_failure(answer, (name, value[:200]))
            if name == "x-telegram-user-id" and value != b"0" * 5_000 + b"7":
                assert (answer.status_code, answer.json()["code"]) == (400, "user_malformed")
            if is_malformed(answer, name):
                MALFORMED.add((name, repr(value)))


@every_operation(lambda operation: "requestBody" in operation)
async def test_in_the_body(gateway: Gateway, alice: User, method: str, path: str, operation: dict[str, Any]) -> None:
    cabinet_id = await alice.connect()
    names = list(properties(operation))
    for value in IN_JSON:
        bodies = [value]
        for name in [*names, "unknown", r"\u0000", r"\ud83d"]:
            given = {key: text for key, text in fields_beside(cabinet_id).items() if key in names} | {name: value}
            bodies.append("{" + ",".join(f'"{key}":{text}' for key, text in given.items()) + "}")
        for body in bodies if names else []:
            answer = await alice.call(
                method,
                filled(path).removeprefix("/api/v1"),
                content=body.encode("latin-1"),
                headers={"Content-Type": "application/json"},
            )
            assert_no_failure(answer, body[:200])


async def test_in_the_token(alice: User) -> None:
    hostile: list[Any] = [10**300, -(10**300), 1e308, float("inf"), "9" * 400, [], {}, None, True, "\0", "\ud83d"]
    for name in ("sid", "acc", "s", "t", "exp"):
        for value in hostile:
            answer = await alice.call("POST", "/cabinets", json={"token": wb_token(**{name: value})})
            assert_no_failure(answer, (name, value))
