"""Problem details for what is answered before the routes: no validation, no trace."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.types import Scope, Send

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": "5"}
"""Seconds."""

AWAY = "What this asks for cannot be read or stored just now. Try again soon."
BROKEN = "Something broke on our side. It is safe to try again; report the trace_id if it stays."
RENAMED = {413: "Content Too Large", 422: "Unprocessable Content"}
"""RFC 9110's names, which Python knows since 3.13: titles and codes must not depend on its version."""


RATE_LIMITED = (429, "rate_limited")


async def send_problem(
    send: Send, scope: Scope, status: int, code: str, detail: str, headers: Mapping[str, str]
) -> None:
    """Answer with problem details, as the routes' own are."""
    raw, body = problem_answer(scope["path"], status, code, detail, headers)
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def problem_answer(
    path: str, status: int, code: str, detail: str, headers: Mapping[str, str]
) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The headers and the body of such an answer."""
    problem = {
        "type": f"urn:pulse:problem:{code}",
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": path,
        "trace_id": None,
    }
    body = json.dumps(problem).encode()
    sent = {**headers, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))}
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()], body


def title_of(status: int) -> str:
    """What the status is called."""
    return RENAMED.get(status) or HTTPStatus(status).phrase
