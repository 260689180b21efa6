"""What the OpenAPI document says of every operation, whatever its route says of itself."""

from typing import Any

from gateway.api import problems
from gateway.idempotency.request import MAX_LENGTH

WRITES = {"post", "put", "patch", "delete"}
REPEATABLE = "Idempotency-Key"

_IDEMPOTENCY_KEY = {
    "name": REPEATABLE,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH, "pattern": f"^[!-~]{{1,{MAX_LENGTH}}}$"},
    "description": "a new random one, a UUID for instance, for each request: sent again with the same key, the request "
    "is not done again for 24 hours, but answered as the first time (422 `idempotency_key_reused`: it was another)",
    "example": "5f0c2a53-6d0e-4c43-9a37-1f9b2f6f6c1e",
}
_HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "the limits that the request was counted in: `q` requests in `w` seconds",
        "schema": {"type": "string", "examples": ['"key";q=600;w=60, "user";q=1200;w=60, "address";q=3000;w=60']},
    },
    "RateLimit": {
        "description": "the limit of which least is left: `r` more requests now, and more of them in `t` seconds",
        "schema": {"type": "string", "examples": ['"key";r=599;t=1']},
    },
    "Retry-After": {"description": "seconds", "schema": {"type": "string", "pattern": "^[0-9]+$", "examples": ["1"]}},
    "Idempotency-Replayed": {
        "description": "`true`: this is what was answered before to the same `Idempotency-Key`",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


def complete(document: dict[str, Any]) -> None:
    """Add it to the document, which may have it already."""
    components = document["components"]
    components["schemas"] |= problems.schemas()
    components["headers"] = _HEADERS
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _complete(operation, is_write=method in WRITES)


def _complete(operation: dict[str, Any], *, is_write: bool) -> None:
    responses: dict[str, Any] = operation["responses"]
    if is_write:
        parameters = operation.setdefault("parameters", [])
        if _IDEMPOTENCY_KEY not in parameters:
            parameters.append(_IDEMPOTENCY_KEY)
        if "409" not in responses:
            responses["409"] = problems.documented(409)[409]
    for status, response in responses.items():
        names = ["RateLimit-Policy", "RateLimit"]
        if status in {"429", "503"}:
            names.append("Retry-After")
        if is_write and status < "429":
            names.append("Idempotency-Replayed")
        if status < "500" or status == "503":
            response["headers"] = {**response.get("headers", {}), **{name: _reference(name) for name in names}}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
