"""What a schema of the OpenAPI document is made of."""

from collections.abc import Iterator
from typing import Any

from support.openapi import resolved


def every_schema(
    schema: dict[str, Any], where: str, above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part of a schema with where it stands, as `create_webhook.cabinets[]`; what contains itself is seen once."""
    if (reference := schema.get("$ref")) is not None:
        if reference in above:
            return
        schema, above = resolved(schema), above | {reference}
    yield where, schema
    for name, part in schema.get("properties", {}).items():
        yield from every_schema(part, f"{where}.{name}", above)
    for joined in ("anyOf", "oneOf", "allOf"):
        for part in schema.get(joined, ()):
            yield from every_schema(part, where, above)
    for inner, mark in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(schema.get(inner), dict):
            yield from every_schema(schema[inner], where + mark, above)
