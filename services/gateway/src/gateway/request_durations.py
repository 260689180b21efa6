"""How long requests took, by operation and what came of them."""

from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from prometheus_client import Histogram

REQUEST_SECONDS = Histogram(
    "pulse_http_request_seconds",
    "How long requests took that were let in, by method, path as it is documented (other: there is none) and class of "
    "status, from the request's head until all of its answer was handed over.",
    ("method", "route", "status"),
    buckets=(0.01, 0.05, 0.1, 0.25, 1, 5),
    registry=None,
)
OTHER = "other"
MOST_PARTS = 12
"""No path has so many; what a stranger sends may."""

Operation = tuple[str, str]
"""A method and a path with its parameters in braces."""


@dataclass
class _Step:
    """What may follow in a path."""

    literal: dict[str, "_Step"] = field(default_factory=dict)
    parameter: "_Step | None" = None
    path: str = ""
    methods: set[str] = field(default_factory=set)

    def find(self, parts: list[str]) -> "_Step | None":
        """Where these parts lead; a part that is spelt out goes before a parameter."""
        if not parts:
            return self if self.methods else None
        first, *rest = parts
        named = self.literal.get(first)
        found = named.find(rest) if named else None
        return found or (self.parameter.find(rest) if self.parameter and first else None)


class RequestDurations:
    """Observes requests; what strangers make up is one operation, so that there are never many."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Step()
        self._series: dict[tuple[str, str, str], Histogram] = {}
        for method, path in operations:
            step = self._root
            for part in path.strip("/").split("/"):
                if part.startswith("{"):
                    step.parameter = step.parameter or _Step()
                    step = step.parameter
                else:
                    step = step.literal.setdefault(part, _Step())
            step.path = path
            step.methods.add(method)

    def observe(self, scope: MutableMapping[str, Any], status: int | None, seconds: float) -> None:
        """One more request that ended; without a status nothing was answered, as its client had gone."""
        if status is None:
            return
        method, route = self.operation_of(scope["method"], scope["path"])
        key = method, route, f"{status // 100}xx"
        series = self._series.get(key)
        if series is None:
            series = self._series[key] = REQUEST_SECONDS.labels(*key)
        series.observe(seconds)

    def operation_of(self, method: str, path: str) -> Operation:
        """The operation that a request is of."""
        step = self._root.find(path.strip("/").split("/", MOST_PARTS))
        if step is None:
            return OTHER, OTHER
        return (method if method in step.methods else OTHER), step.path


def operations_of(routers: Iterable[APIRouter], prefix: str) -> list[Operation]:
    """Every operation of these, which are included under `prefix`."""
    return [
        (method, f"{prefix.rstrip('/')}{route.path}")
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]
