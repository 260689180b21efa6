"""A query parameter that an operation does not know is refused: a misspelt filter would leave out nothing."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Cookie, Header, Path
from fastapi.routing import APIRoute

NOT_IN_THE_QUERY = (Path, Header, Cookie)

_KNOWN: WeakKeyDictionary[Callable[..., Any], frozenset[str]] = WeakKeyDictionary()
"""By the function that answers."""


async def refuse_unknown_parameters(request: Request) -> None:
    """A dependency of every route.

    Raises:
        RequestValidationError: names each parameter that the route does not take.
    """
    unknown = request.query_params.keys() - _known(request.scope["route"])
    if unknown:
        message = "The operation has no such parameter"
        raise RequestValidationError(
            [{"type": "extra_forbidden", "loc": ("query", name), "msg": message} for name in sorted(unknown)]
        )


def _known(route: APIRoute) -> frozenset[str]:
    known = _KNOWN.get(route.endpoint)
    if known is None:
        parameters = get_flat_params(route.dependant)
        known = frozenset(each.alias for each in parameters if not isinstance(each.field_info, NOT_IN_THE_QUERY))
        _KNOWN[route.endpoint] = known
    return known
