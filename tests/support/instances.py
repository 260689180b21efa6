"""Instances of OpenAPI schemas: one whole instance, and for each place of a schema the variations that lie near it.

They are made without chance: the same schema gives the same instances.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
"""Names and places that lead from an answer to a part of it."""

UNKNOWN = "Unknown"
_MOMENT = "2026-11-20T10:00:00+03:00"
_TEXTS = {"date-time": _MOMENT, "date": "2026-11-20"}
_TIME_NAME = re.compile(r"[dD]ate|[tT]ime|^dt|_dt|Dt$|At$|^(created|updated|started|deleted)$")
"""Names of texts that are times, although WB's schema says neither so nor gives an example."""

_INTEGERS = {"int32": 2**31 - 1, "int64": 2**63 - 1}


@dataclass(frozen=True)
class Instance:
    """What an answer might be. `kind` names the variation, `at` its place (empty: the whole).

    Kinds: `whole`, `required` (no optional field at all), `absent` (one optional field), `null` (one nullable field),
    `enum` (another value of the list), `unknown` (one that is not in it), `bound` (a number at its bounds, or at those
    of its format), `empty` (an array), `extra` (fields that nobody knows).
    """

    kind: str
    at: Path
    body: Any


def instances(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[Instance]:
    """Every instance of a schema of the document."""
    for schema_of_one in _alternatives(document, schema):
        whole = _Whole(document)
        body = whole.make(schema_of_one, ())
        yield Instance("whole", (), body)
        yield Instance("required", (), _Whole(document, optional=False).make(schema_of_one, ()))
        yield Instance("extra", (), _with_extras(body))
        for at, place in whole.places.items():
            yield from _near(document, body, at, place)


def resolved(document: dict[str, Any], value: Any) -> Any:
    """What a part of the document is, or refers to."""
    while isinstance(value, dict) and "$ref" in value:
        names = value["$ref"].removeprefix("#/").split("/")
        value = document
        for name in names:
            value = value[name.replace("~1", "/").replace("~0", "~")]
    return value


class _Whole:
    """Makes an instance, noting the schema of every place."""

    def __init__(self, document: dict[str, Any], *, optional: bool = True) -> None:
        self.document = document
        self.optional = optional
        self.places: dict[Path, tuple[dict[str, Any], bool]] = {}

    def make(self, schema: dict[str, Any], at: Path, *, required: bool = True) -> Any:
        schema = next(_alternatives(self.document, schema))
        self.places[at] = schema, required
        if "properties" in schema or schema.get("type") == "object":
            needed = schema.get("required", ())
            return {
                name: self.make(each, (*at, name), required=name in needed)
                for name, each in schema.get("properties", {}).items()
                if self.optional or name in needed
            }
        if schema.get("type") == "array" or "items" in schema:
            return [self.make(schema.get("items", {}), (*at, 0))]
        return _leaf(schema, str(at[-1]) if at else "")


def _alternatives(document: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema without references and combinations: one for each alternative."""
    schema = resolved(document, schema)
    for word in ("oneOf", "anyOf"):
        if word in schema:
            own = {key: value for key, value in schema.items() if key != word}
            for each in schema[word]:
                yield from (_joined(own, found) for found in _alternatives(document, each))
            return
    if "allOf" in schema:
        joined = {key: value for key, value in schema.items() if key != "allOf"}
        for each in schema["allOf"]:
            joined = _joined(joined, next(_alternatives(document, each)))
        yield joined
        return
    if "items" in schema:
        for each in _alternatives(document, schema["items"]):
            yield {**schema, "items": each}
        return
    yield schema


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    properties = one.get("properties", {}) | other.get("properties", {})
    required = [*one.get("required", ()), *other.get("required", ())]
    return {**one, **other, **({"properties": properties, "required": required} if properties else {})}


def _leaf(schema: dict[str, Any], name: str) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    match schema.get("type"):
        case "integer" | "number":
            example = schema.get("example")
            return example if isinstance(example, int | float) else max(schema.get("minimum", 1), 1)
        case "boolean":
            # An answer that calls itself an error has no rows, whatever stands in it.
            return name != "error"
        case "string":
            example = schema.get("example")
            if isinstance(example, str) and example:
                return example
            return _TEXTS.get(schema.get("format", ""), _MOMENT if _TIME_NAME.search(name) else "text")
        case _:
            return schema.get("example", {})


def _near(document: dict[str, Any], whole: Any, at: Path, place: tuple[dict[str, Any], bool]) -> Iterator[Instance]:
    schema, required = place
    if not required and isinstance(at[-1], str):
        yield Instance("absent", at, _without(whole, at))
    if schema.get("nullable"):
        yield Instance("null", at, _with(whole, at, None))
    for value in schema.get("enum", ())[1:]:
        yield Instance("enum", at, _with(whole, at, value))
    if schema.get("enum"):
        yield Instance("unknown", at, _with(whole, at, UNKNOWN if schema.get("type") == "string" else 10_007))
    elif schema.get("type") in {"integer", "number"}:
        for value in _bounds(schema):
            yield Instance("bound", at, _with(whole, at, value))
    if schema.get("type") == "array":
        yield Instance("empty", at, _with(whole, at, []))


def _bounds(schema: dict[str, Any]) -> Iterator[int | float]:
    largest = _INTEGERS.get(schema.get("format", ""), 2**31 - 1)
    yield schema.get("minimum", 0)
    yield schema.get("maximum", largest)
    yield schema.get("minimum", -largest)
    if schema["type"] == "number":
        yield schema.get("maximum", 1e12)
        yield 0.1 + 0.2


def _with(whole: Any, at: Path, value: Any) -> Any:
    if not at:
        return value
    body = copy.deepcopy(whole)
    _part(body, at[:-1])[at[-1]] = value
    return body


def _without(whole: Any, at: Path) -> Any:
    body = copy.deepcopy(whole)
    del _part(body, at[:-1])[at[-1]]
    return body


def _part(whole: Any, at: Path) -> Any:
    for name in at:
        whole = whole[name]
    return whole


def _with_extras(body: Any) -> Any:
    if isinstance(body, dict):
        extras = {"neverSeen": 1, "neverSeenText": "?", "neverSeenRows": [{"deep": [None]}]}
        return {name: _with_extras(value) for name, value in body.items()} | extras
    return [_with_extras(item) for item in body] if isinstance(body, list) else body
