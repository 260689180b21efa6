"""Strict reading of queries and bodies: unknown names, wrong types and values out of range are problems."""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[str, Any], list[str]]
"""Given the name and the value of a field, the problems with it."""


def integer(minimum: int | None = None, maximum: int | None = None) -> Check:
    """A whole number within bounds."""

    def check(name: str, value: Any) -> list[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            return [f"{name}: must be an integer"]
        if minimum is not None and value < minimum:
            return [f"{name}: must be at least {minimum}"]
        if maximum is not None and value > maximum:
            return [f"{name}: must be at most {maximum}"]
        return []

    return check


def number(minimum: float, maximum: float = float("inf")) -> Check:
    """A number within bounds."""

    def check(name: str, value: Any) -> list[str]:
        if not isinstance(value, int | float) or isinstance(value, bool) or not minimum <= value <= maximum:
            return [f"{name}: must be a number from {minimum:g} to {maximum:g}"]
        return []

    return check


def boolean(name: str, value: Any) -> list[str]:
    """true or false."""
    return [] if isinstance(value, bool) else [f"{name}: must be a boolean"]


def text(name: str, value: Any) -> list[str]:
    """A string."""
    return [] if isinstance(value, str) else [f"{name}: must be a string"]


def one_of(*values: Any) -> Check:
    """One of the values, of the same type."""

    def check(name: str, value: Any) -> list[str]:
        if any(value == allowed and type(value) is type(allowed) for allowed in values):
            return []
        return [f"{name}: must be one of {', '.join(map(str, values))}"]

    return check


def nullable(inner: Check) -> Check:
    """null, or what `inner` accepts."""
    return lambda name, value: [] if value is None else inner(name, value)


def array(inner: Check, maximum: int | None = None) -> Check:
    """A list of what `inner` accepts."""

    def check(name: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            return [f"{name}: must be an array"]
        if maximum is not None and len(value) > maximum:
            return [f"{name}: at most {maximum} items"]
        return [problem for place, item in enumerate(value) for problem in inner(f"{name}[{place}]", item)]

    return check


def record(fields: Mapping[str, Check], required: frozenset[str] = frozenset()) -> Check:
    """An object with these fields and no others."""

    def check(name: str, value: Any) -> list[str]:
        if not isinstance(value, dict):
            return [f"{name}: must be an object"]
        prefix = f"{name}." if name else ""
        problems = [f"{prefix}{key}: field required" for key in sorted(required - value.keys())]
        for key, item in value.items():
            inner = fields.get(key)
            problems += inner(f"{prefix}{key}", item) if inner else [f"{prefix}{key}: unknown field"]
        return problems

    return check


def read_query(pairs: list[tuple[str, str]], integers: frozenset[str], booleans: frozenset[str]) -> Any:
    """A query as a dict, with the named fields turned into integers and booleans where they can be.

    What cannot be turned stays text, for a check to complain of; of a repeated name the last wins.
    """
    query: dict[str, Any] = {}
    for name, value in pairs:
        query[name] = value
        if name in integers and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit():
            query[name] = int(value)
        elif name in booleans and value in {"true", "false"}:
            query[name] = value == "true"
    return query
