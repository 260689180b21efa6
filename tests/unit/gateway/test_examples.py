"""The examples in the description of the interface are answers that it could give."""

from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from gateway.app import interface
from pydantic import TypeAdapter
from support.openapi import document


def api_routes(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """The operations among routes, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif included := getattr(route, "original_router", None):
            yield from api_routes(included.routes)


EXAMPLES = {
    f"/api/v1{route.path}": (route.response_model, content["example"])
    for route in api_routes(interface().routes)
    for content in [route.responses.get(200, {}).get("content", {}).get("application/json", {})]
    if "example" in content
}


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_is_what_its_operation_answers(path: str) -> None:
    model, shown = EXAMPLES[path]
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    assert adapter.dump_python(adapter.validate_python(shown), mode="json") == shown


NOT_YET = {"/api/v1/sync/status"}


def test_everything_read_as_data_and_meta_has_one() -> None:
    read = {
        path
        for path, methods in document()["paths"].items()
        if "get" in methods
        for answer in [methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]]
        if answer.get("$ref", "").split("/")[-1].startswith(("Answered_", "Listed_"))
    }
    assert read
    assert read - NOT_YET <= EXAMPLES.keys()
