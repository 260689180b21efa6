"""The OpenAPI document as it should be, made of the one that FastAPI makes: it knows null in two wrong ways."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

NULL = {"type": "null"}


def mend(document: dict[str, Any]) -> None:
    """Mend it in place; a mended one stays as it is."""
    components: Schema = document["components"]["schemas"]
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _never_null(parameter["schema"])
            for body in _bodies(operation):
                if "example" in body:
                    body["example"] = _with_nulls(body["example"], body["schema"], components)
    for schema in components.values():
        if "examples" in schema and "properties" in schema:
            schema["examples"] = [_with_nulls(each, schema, components) for each in schema["examples"]]


def methods_at(document: dict[str, Any], path: str) -> list[str]:
    """What may be asked of a path, by the paths of the document that it fits."""
    return sorted(
        method.upper()
        for template, methods in document["paths"].items()
        if re.fullmatch(re.sub(r"\\{[^/]+\\}", "[^/]+", re.escape(template)), path)
        for method in methods
    )


def _bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from place.get("content", {}).values()


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Of `X | None` leave `X`: a parameter is left out, for nothing in a URL or a header can be null."""
    given = [each for each in schema.get("anyOf", ()) if each != NULL]
    if len(given) != 1:
        return {**schema, "anyOf": given} if given else schema
    return {**given[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def _with_nulls(value: Any, schema: Schema, components: Schema) -> Any:
    """The example with the nulls that FastAPI drops: of fields that are required and may be null."""
    if isinstance(value, list):
        [of_item] = [*(each["items"] for each in _kinds(schema, components) if "items" in each), {}][:1]
        return [_with_nulls(each, of_item, components) for each in value]
    if not isinstance(value, dict):
        return value
    for kind in _kinds(schema, components):
        properties: Schema = kind.get("properties", {})
        if properties and value.keys() <= properties.keys():
            return {
                name: _with_nulls(value[name], of_field, components) if name in value else None
                for name, of_field in properties.items()
                if name in value or (name in kind.get("required", ()) and NULL in _kinds(of_field, components))
            }
    return value


def _kinds(schema: Schema, components: Schema) -> list[Schema]:
    """What a value of the schema may be, references followed."""
    if "$ref" in schema:
        return _kinds(components[schema["$ref"].rpartition("/")[2]], components)
    if "anyOf" in schema:
        return [kind for each in schema["anyOf"] for kind in _kinds(each, components)]
    return [schema]
