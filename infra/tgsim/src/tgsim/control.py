"""The control API under `/_sim/`: read the inbox, order faults, block chats, receive webhooks."""

import asyncio
import ipaddress
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import wraps
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from tgsim.faults import parse_fault
from tgsim.inbox_page import inbox_page
from tgsim.printing import MOSCOW
from tgsim.refusals import REFUSALS
from tgsim.state import Sim

Endpoint = Callable[[Request, Sim], Awaitable[Any]]


def control_routes() -> list[BaseRoute]:
    """Every route of the control API; all but the webhook receiver answer to loopback only."""
    return [
        Route("/health", guarded(_health)),
        Route("/stats", guarded(_stats)),
        Route("/inbox", guarded(_inbox), methods=["GET"]),
        Route("/files/{file_id}", guarded(_file), methods=["GET"]),
        Route("/messages", guarded(_messages), methods=["GET"]),
        Route("/messages", guarded(_clear_messages), methods=["DELETE"]),
        Route("/faults", guarded(_faults), methods=["GET"]),
        Route("/faults", guarded(_add_fault), methods=["POST"]),
        Route("/faults", guarded(_clear_faults), methods=["DELETE"]),
        Route("/refusals", guarded(_refusals)),
        Route("/chats/{chat_id}", guarded(_set_chat), methods=["POST"]),
        Route("/webhooks", guarded(_webhooks), methods=["GET"]),
        Route("/webhooks", guarded(_clear_webhooks), methods=["DELETE"]),
        Route("/webhooks/{name}", guarded(_set_webhook), methods=["PUT"]),
        Route("/webhooks/{name}", _receive_webhook, methods=["POST"]),
    ]


def guarded(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint for loopback only; what it returns is the JSON answer, a ValueError is a 400."""

    @wraps(endpoint)
    async def guarded(request: Request) -> Response:
        sim: Sim = request.app.state.sim
        if not sim.config.control_from_anywhere and not _is_loopback(request):
            return JSONResponse({"error": "the control API answers to loopback only"}, status_code=403)
        try:
            answer = await endpoint(request, sim)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        if isinstance(answer, Response):
            return answer
        return Response(status_code=204) if answer is None else JSONResponse(answer)

    return guarded


def _is_loopback(request: Request) -> bool:
    return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback


def _integer(request: Request, name: str) -> int | None:
    value = request.query_params.get(name)
    return None if value is None else int(value)


async def json_object(request: Request) -> dict[str, Any]:
    """The body of a request; raises ValueError when it is no JSON object."""
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")  # noqa: TRY004 - every malformed body is a 400
    return body


async def _health(_request: Request, _sim: Sim) -> Any:
    return {"ok": True}


async def _stats(_request: Request, sim: Sim) -> Any:
    return sim.stats()


async def _inbox(request: Request, sim: Sim) -> Any:
    chat_id = _integer(request, "chat_id")
    if chat_id is None:
        raise ValueError("chat_id says which chat")
    try:
        zone = ZoneInfo(request.query_params.get("zone", MOSCOW.key))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("zone is a name like Europe/Moscow") from error
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    only = {int(message_id) for message_id in request.query_params.getlist("message_id")}
    page = inbox_page(sim, chat_id, zone, _integer(request, "last"), only or None)
    return HTMLResponse(page, headers={"content-security-policy": policy})


async def _file(request: Request, sim: Sim) -> Any:
    found = sim.file(request.path_params["file_id"])
    if found is None:
        return JSONResponse({"error": "no such file, or it was forgotten"}, status_code=404)
    name, content = found
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=media_type, headers={"x-file-name": quote(name)})


async def _messages(request: Request, sim: Sim) -> Any:
    found = sim.inbox.since(_integer(request, "since") or 0, _integer(request, "chat_id"))
    return {"messages": [message.as_json() for message in found]}


async def _clear_messages(_request: Request, sim: Sim) -> Any:
    sim.inbox.clear()


async def _faults(_request: Request, sim: Sim) -> Any:
    return {"faults": sim.faults.as_json()}


async def _add_fault(request: Request, sim: Sim) -> Any:
    sim.faults.add(parse_fault(await request.json()))
    return {"faults": sim.faults.as_json()}


async def _clear_faults(_request: Request, sim: Sim) -> Any:
    sim.faults.clear()


async def _refusals(_request: Request, _sim: Sim) -> Any:
    return {name: asdict(known) for name, known in REFUSALS.items()}


async def _set_chat(request: Request, sim: Sim) -> Any:
    body = await json_object(request)
    if unknown := sorted(body.keys() - {"state", "type", "title", "is_forum"}):
        raise ValueError(f"unknown field {unknown[0]!r}")
    sim.chats.set(
        int(request.path_params["chat_id"]),
        body.get("state"),
        kind=body.get("type"),
        title=body.get("title"),
        is_forum=body.get("is_forum"),
    )


async def _webhooks(request: Request, sim: Sim) -> Any:
    found = sim.webhooks.since(_integer(request, "since") or 0, request.query_params.get("name"))
    return {"webhooks": [delivery.as_json() for delivery in found]}


async def _clear_webhooks(_request: Request, sim: Sim) -> Any:
    sim.webhooks.clear()


async def _set_webhook(request: Request, sim: Sim) -> Any:
    body = await json_object(request)
    times = body.get("times")
    status = int(body.get("status", 204))
    seconds = float(body.get("seconds", 0))
    sim.webhooks.answer_with(request.path_params["name"], status, None if times is None else int(times), seconds)


async def _receive_webhook(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    body = await request.body()
    name, headers = request.path_params["name"], dict(request.headers)
    status, seconds = sim.webhooks.receive(name, headers, body, sim.config.wall_clock())
    await asyncio.sleep(seconds)
    return Response(status_code=status)
