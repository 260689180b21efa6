"""How requests reach what answers them."""

from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import iscoroutinefunction, isroutine
from pkgutil import walk_packages
from typing import Any

import gateway.api
from fastapi.routing import APIRoute


def routes() -> Iterator[APIRoute]:
    for module in walk_packages(gateway.api.__path__, f"{gateway.api.__name__}."):
        router = getattr(import_module(module.name), "router", None)
        if router is not None:
            yield from (route for route in router.routes if isinstance(route, APIRoute))


def called(dependant: Any) -> Iterator[Callable[..., Any]]:
    yield dependant.call if isroutine(dependant.call) else type(dependant.call).__call__
    for each in dependant.dependencies:
        yield from called(each)


def test_none_of_them_goes_through_another_thread() -> None:
    found = [(route.name, function) for route in routes() for function in called(route.dependant)]
    assert len({name for name, _ in found}) > 50
    assert [(name, function) for name, function in found if not iscoroutinefunction(function)] == []
