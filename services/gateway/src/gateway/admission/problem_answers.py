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


async def send_problem(
    send: Send, scope: Scope, status: int, code: str, detail: str, headers: Mapping[str, str]
) -> None:
    """Answer with problem details, as the routes' own are."""
    problem = {
        "type": f"urn:pulse:problem:{code}",
        "title": title_of(status),
        "status": status,
        "detail": detail,
        "code": code,
        "instance": scope["path"],
        "trace_id": None,
    }
    body = json.dumps(problem).encode()
    sent = {**headers, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))}
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def title_of(status: int) -> str:
    """What the status is called."""
    return RENAMED.get(status) or HTTPStatus(status).phrase
