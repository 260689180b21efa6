"""Reading control requests strictly, and refusing them with 4XX and an `error` text."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from wbsim.shop import Impossible, Shop
from wbsim.validation import Check, record
from wbsim.world import World

Handler = Callable[[Request], Awaitable[Response]]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost", "testclient"})


class BadControl(Exception):
    """A control request that makes no sense; answered as `status` with the text."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def controlled(handler: Handler) -> Handler:
    """The handler behind the check of the caller's address, its refusals turned into answers."""

    async def answer(request: Request) -> Response:
        if not world_of(request).config.allow_remote_control and not _is_local(request):
            return JSONResponse({"error": "the control API answers the loopback interface only"}, 403)
        try:
            return await handler(request)
        except BadControl as error:
            return JSONResponse({"error": str(error)}, error.status)
        except Impossible as error:
            return JSONResponse({"error": str(error)}, 404 if str(error).startswith("no ") else 409)

    return answer


def world_of(request: Request) -> World:
    """The world of the app that received the request."""
    world: World = request.app.state.world
    return world


async def read_body(request: Request, fields: Mapping[str, Check], *required: str) -> dict[str, Any]:
    """The JSON object of a request with these fields only; an empty body is an empty object."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise BadControl("the body is not JSON") from None
    problems = record(fields, frozenset(required))("", body)
    if problems:
        raise BadControl("; ".join(problems))
    read: dict[str, Any] = body
    return read


def shop_of(request: Request, sid: str | None) -> Shop:
    """The shop of the seller named, or the first one, to be read; 404 for an unknown sid."""
    try:
        return world_of(request).shop(sid)
    except KeyError:
        raise BadControl(f"no seller {sid}", 404) from None


def kept_shop_of(request: Request, sid: str | None) -> Shop:
    """Likewise to be changed, with its buyers."""
    world, crowd = world_of(request), request.app.state.crowd
    shop = world.keep(shop_of(request, sid).sid)
    if shop.sid not in crowd.of:
        crowd.welcome(shop, world.fates[shop.sid], seed=world.config.seed)
    return shop


def whole_number(request: Request, name: str, default: int) -> int:
    """A non-negative integer of the query."""
    value = request.query_params.get(name, str(default))
    if not (value.isascii() and value.isdigit()):
        raise BadControl(f"{name}: must be a whole number")
    return int(value)


def _is_local(request: Request) -> bool:
    return request.client is not None and request.client.host in LOOPBACK
