"""OWASP API9: what can be called is what the document tells of, and nothing else."""

from collections.abc import Iterator
from typing import Any

from gateway.app import interface
from support.openapi import operations

BESIDE = {
    ("GET", "/docs"),
    ("GET", "/docs/{name}"),
    ("GET", "/openapi.json"),
    *((method, "/api/v1/notifications/unsubscribe/{token}") for method in ("GET", "POST")),
}
"""Routes that are no operations: what describes them, and what a mail links to."""

VERSION = "/api/v1/"


def routes(of: Any) -> Iterator[tuple[str, str]]:
    """Method and path of whatever the application answers; what it does not know how to look into fails."""
    for route in of:
        if hasattr(route, "effective_route_contexts"):
            yield from routes(route.effective_route_contexts())
        else:
            yield from ((method, route.path) for method in route.methods if method != "HEAD")


def test_every_route_is_in_the_document() -> None:
    found = set(routes(interface().router.routes))
    documented = {(operation.method, operation.path) for operation in operations()}
    assert len(documented) > 80
    assert found - documented == BESIDE
    assert documented <= found


def test_every_operation_has_the_version_in_its_path() -> None:
    assert [operation.path for operation in operations() if not operation.path.startswith(VERSION)] == []
