"""Every documented error shape becomes its exception, without secrets."""

import json
from typing import Any

import pytest
from ingestor.wb.errors import (
    BadRequest,
    MethodSwitchedOff,
    PaymentRequired,
    ScopeRefused,
    TokenRejected,
    Unavailable,
    WbError,
    error_of,
    what_wb_said,
)

SHAPES: list[tuple[int, Any, type[WbError], str]] = [
    (401, {"title": "unauthorized", "detail": "token problem; token is malformed"}, TokenRejected, "malformed"),
    (402, {"title": "payment required", "detail": "insufficient funds"}, PaymentRequired, "insufficient funds"),
    (403, {"title": "x", "detail": "base token is not allowed"}, ScopeRefused, "base token"),
    (403, {"code": "AccessDenied", "message": "no access"}, ScopeRefused, "no access"),
    (403, {"data": None, "error": True, "errorText": "Forbidden"}, ScopeRefused, "Forbidden"),
    (404, {"title": "not found", "detail": "This method is temporarily disabled"}, MethodSwitchedOff, "disabled"),
    (410, {"title": "gone"}, MethodSwitchedOff, "gone"),
    (404, {"title": "path not found", "detail": "no such path: /api"}, MethodSwitchedOff, "no such path"),
    (404, {"title": "not found", "detail": "card 7"}, BadRequest, "card 7"),
    (400, {"title": "path not found"}, BadRequest, "path not found"),
    (400, {"errors": ["dateFrom: field required", "flag: bad"]}, BadRequest, "dateFrom: field required; flag: bad"),
    (400, {"errors": "dateFrom: Value not validated"}, BadRequest, "Value not validated"),
    (400, {"code": "IncorrectParameter", "message": "wrong"}, BadRequest, "wrong"),
    (400, "Request body can not be decoded", BadRequest, "can not be decoded"),
    (422, {}, BadRequest, "no reason given"),
    (408, "", Unavailable, "an empty answer"),
    (500, {"title": "internal error"}, Unavailable, "internal error"),
    (503, "<html><body>down</body></html>", Unavailable, "an HTML page"),
    (302, "", Unavailable, "302"),
]


@pytest.mark.parametrize(("status", "body", "kind", "said"), SHAPES)
def test_an_error_shape_is_understood(status: int, body: Any, kind: type[WbError], said: str) -> None:
    encoded = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    error = error_of(status, encoded)
    assert type(error) is kind
    assert said in str(error)


@pytest.mark.parametrize("status", [200, 202, 204, 208])
def test_success_is_no_error(status: int) -> None:
    assert error_of(status, b"") is None


def test_a_token_is_never_repeated() -> None:
    token = "eyJhbGciOiJFUzI1NiJ9.eyJzaWQiOiJzZWNyZXQtc2VsbGVyIn0.c2lnbmF0dXJlLXNlY3JldA"
    body = json.dumps({"detail": f"token problem; {token} is malformed"}).encode()
    assert what_wb_said(body) == "token problem; *** is malformed"


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[1, 2]", b"[" * 5000, b"null", b"x" * 10_000])
def test_any_body_gives_one_short_line(body: bytes) -> None:
    said = what_wb_said(body)
    assert 0 < len(said) <= 300
    assert "\n" not in said
