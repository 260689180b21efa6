"""What may change in a released version: only optional properties may be added.

Both ways must stay readable: old messages by new consumers (the log is replayed) and new messages by old ones.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default"})


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """Every change from `old` to `new` that a reader of the same version could trip over; empty if none."""
    return list(_compare(old, new, old, new, "$", frozenset()))


def _compare(
    old: Any, new: Any, old_root: Schema, new_root: Schema, path: str, seen: frozenset[tuple[str, str]]
) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in seen:
                return
            seen |= {pair}
        yield from _compare_schemas(_resolve(old, old_root), _resolve(new, new_root), old_root, new_root, path, seen)
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(item, dict) for item in old + new):
        if len(old) != len(new):
            yield f"{path}: {len(old)} alternatives became {len(new)}"
        for index, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from _compare(before, after, old_root, new_root, f"{path}[{index}]", seen)
    elif old != new:
        yield f"{path}: {old!r} became {new!r}"


def _compare_schemas(
    old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str, seen: frozenset[tuple[str, str]]
) -> Iterator[str]:
    yield from _compare_properties(old, new, old_root, new_root, path, seen)
    if isinstance(old.get("enum"), list) and isinstance(new.get("enum"), list):
        if set(old["enum"]) != set(new["enum"]):
            yield f"{path}: the allowed values {old['enum']} became {new['enum']}"
        old, new = _without(old, "enum"), _without(new, "enum")
    for key in sorted((old.keys() | new.keys()) - ANNOTATIONS - {"properties", "required"}):
        if key not in old:
            yield f"{path}: {key} {new[key]!r} was added"
        elif key not in new:
            yield f"{path}: {key} {old[key]!r} was removed"
        else:
            yield from _compare(old[key], new[key], old_root, new_root, f"{path}.{key}", seen)


def _compare_properties(
    old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str, seen: frozenset[tuple[str, str]]
) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    must_before, must_after = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(before.keys() - after.keys()):
        yield f"{path}.{name}: the property was removed"
    for name in sorted(must_after - must_before):
        yield f"{path}.{name}: the property became required"
    for name in sorted((must_before - must_after) & after.keys()):
        yield f"{path}.{name}: the property is no longer required"
    for name in sorted(before.keys() & after.keys()):
        yield from _compare(before[name], after[name], old_root, new_root, f"{path}.{name}", seen)


def _resolve(schema: Schema, root: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    target: Any = root
    for part in reference.removeprefix("#/").split("/"):
        target = target[part]
    return {**target, **_without(schema, "$ref")}


def _without(schema: Schema, key: str) -> Schema:
    return {name: value for name, value in schema.items() if name != key}
