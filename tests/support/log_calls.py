"""What the services log, read out of their code: every call of a logger with its event's name, level and fields."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error", "exception": "error"}
"""By the method that is called; there is nothing more critical."""

ADDED = frozenset({"exc_info"})
"""What structlog makes something else of."""


class OddCall(Exception):
    """A call that no reader of a list could know: where, and what is wrong with it."""


@dataclass(frozen=True)
class Call:
    """One call: `fields` are the names of its keywords, `exception` among them where it logs one."""

    event: str
    level: str
    fields: frozenset[str]
    service: str
    place: str


def calls(roots: tuple[str, ...] = ("services", "infra/servicekit")) -> list[Call]:
    """All calls in the sources below these folders.

    Raises:
        OddCall: a name is not constant, or fields are not named.
    """
    found: list[Call] = []
    for root in roots:
        for path in sorted((ROOT / root).rglob("src/**/*.py")):
            text = path.read_text()
            if "get_logger" in text:
                relative = path.relative_to(ROOT)
                service = relative.parts[relative.parts.index("src") + 1]
                found += calls_in(text, service, str(relative))
    return found


def calls_in(text: str, service: str, place: str) -> Iterator[Call]:
    """The calls in one module's text; `place` names it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and (levels := _levels(node.func, text)):
            where = f"{place}:{node.lineno}"
            if len(node.args) != 1:
                raise OddCall(f"{where}: an event has its name and fields with names")
            if any(keyword.arg is None for keyword in node.keywords):
                raise OddCall(f"{where}: fields are not named")
            fields = {str(keyword.arg) for keyword in node.keywords}
            with_exception = {"exception"} if "exc_info" in fields or _method(node.func) == "exception" else set()
            for event in _names(node.args[0], where):
                for level in levels:
                    yield Call(event, level, frozenset(fields - ADDED | with_exception), service, place)


def _levels(function: ast.expr, text: str) -> list[str]:
    if isinstance(function, ast.Name) and function.id == "tell":
        # `tell = log.info if … else log.warning`
        return [LEVELS[name] for name in LEVELS if re.search(rf"\btell = .*\blog\.{name}\b", text)]
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log":
        return [LEVELS[function.attr]] if function.attr in LEVELS else []
    return []


def _method(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ""


def _names(node: ast.expr, where: str) -> list[str]:
    match node:
        case ast.Constant(value=str() as name):
            return [name]
        case ast.IfExp():
            return [*_names(node.body, where), *_names(node.orelse, where)]
        case _:
            raise OddCall(f"{where}: the name of an event is a constant, not {ast.unparse(node)}")
