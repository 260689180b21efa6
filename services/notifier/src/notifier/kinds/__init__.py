"""The kinds of messages: one module each, found by its name."""

from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from contracts.envelope import EventData

from notifier.messages.kind import Kind, Rule

NO_KINDS = frozenset({"group"})
"""Modules that tell several kinds at once."""


def _found() -> dict[str, Kind[Any]]:
    names = sorted(module.name for module in iter_modules(__path__) if module.name not in NO_KINDS)
    return {name: import_module(f"{__name__}.{name}").KIND for name in names}


def _rules(kinds: Mapping[str, Kind[Any]]) -> dict[type[EventData], tuple[Rule, ...]]:
    rules: dict[type[EventData], tuple[Rule, ...]] = defaultdict(tuple)
    for kind in kinds.values():
        for rule in kind.rules:
            rules[rule.event] += (rule,)
    return dict(rules)


KINDS: Mapping[str, Kind[Any]] = _found()
"""Name → kind."""

RULES: Mapping[type[EventData], tuple[Rule, ...]] = _rules(KINDS)
"""Event → what is told of it."""
