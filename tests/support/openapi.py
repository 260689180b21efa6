"""The OpenAPI document as tests walk through it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from support.gateway import routed


@dataclass(frozen=True)
class Operation:
    """One of the document."""

    method: str
    """In capitals."""
    path: str
    described: dict[str, Any]

    @property
    def name(self) -> str:
        """As clients call it."""
        return str(self.described["operationId"])

    def parameters(self, where: str) -> list[dict[str, Any]]:
        """Those in the path, the query or the header."""
        return [each for each in self.described.get("parameters", ()) if each["in"] == where]

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema and example of its JSON body."""
        found: dict[str, Any] | None = (
            self.described.get("requestBody", {}).get("content", {}).get("application/json", None)
        )
        return found

    def answers(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Status, and schema and example, of what it answers with JSON where all is well."""
        for status, answer in self.described["responses"].items():
            if status < "300" and "application/json" in answer.get("content", {}):
                yield status, answer["content"]["application/json"]

    @property
    def scope(self) -> str | None:
        """What a key needs; None: no caller is asked for."""
        ways = self.described.get("security", ())
        scopes = {scope for way in ways for scopes in way.values() for scope in scopes}
        return scopes.pop() if scopes else None


def document() -> dict[str, Any]:
    """Of the running code."""
    return routed().openapi()


@cache
def operations() -> tuple[Operation, ...]:
    """All that the document describes."""
    return tuple(
        Operation(method.upper(), path, described)
        for path, methods in document()["paths"].items()
        for method, described in methods.items()
    )


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to, with what stands beside the reference."""
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return {**found, **{name: value for name, value in schema.items() if name != "$ref"}}


def fields_of(content: dict[str, Any]) -> list[str]:
    """The names of the fields of a body, in each of its shapes."""
    schema = content["schema"]
    shapes = [resolved(shape) for shape in schema.get("oneOf", [schema])]
    return list(dict.fromkeys(name for shape in shapes for name in shape["properties"]))


def example_of(content: dict[str, Any]) -> Any:
    """What the document shows of a body; None: nothing."""
    if "example" in content:
        return content["example"]
    for one in content.get("examples", {}).values():
        return one["value"]
    schema = resolved(content["schema"])
    return next(iter(schema.get("examples", ())), None)
