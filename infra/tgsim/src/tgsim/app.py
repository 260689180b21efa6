"""The application: `/bot<token>/<method>` as Telegram answers it, `/_sim/` for whoever runs the test."""

import asyncio
import inspect
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Message

from tgsim.config import Config
from tgsim.control import control_routes
from tgsim.control_people import people_routes
from tgsim.errors import Refusal
from tgsim.inbox import Receipt
from tgsim.methods import METHODS
from tgsim.methods.receiving import Described
from tgsim.params import Params, read_params
from tgsim.state import Bot, Sim, new_sim

CUT_EXTENSION = "tgsim.cut"  # an ASGI extension of our server: a function that aborts the connection

_PAGE = "<html><head><title>nginx</title></head><body><h1>nginx</h1></body></html>"


def create_app(config: Config) -> Starlette:
    """A simulator as an ASGI application; its `Sim` is at `app.state.sim`.

    Faults that cut the connection need the server of `tgsim.running`.
    """
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", _bot_api, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", _file),
            Mount("/_sim", routes=[*people_routes(), *control_routes()]),
        ],
        exception_handlers={HTTPException: _http_error},
    )

    async def execute(token: str, content_type: str, body: bytes) -> None:
        await _execute(sim, token, content_type, body)

    sim = app.state.sim = new_sim(config, execute)
    return app


async def _bot_api(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    try:
        return await _answer(request, sim)
    except Refusal as refusal:
        sim.refused[str(refusal.code)] += 1
        wait = refusal.retry_after_seconds
        headers = None if wait is None else {"Retry-After": str(wait)}
        return JSONResponse(refusal.as_json(), status_code=refusal.code, headers=headers)


async def _answer(request: Request, sim: Sim) -> Response:
    bot = sim.bots.get(request.path_params["token"])
    if bot is None:
        raise Refusal(401, "Unauthorized")
    name, method = METHODS.get(request.path_params["method"].lower(), (None, None))
    if name is None or method is None:
        raise Refusal(404, "Not Found")
    params = await read_params(request)
    receipt = Receipt(name, sim.config.wall_clock(), request.headers.get("traceparent"))
    if await _meet_fault(request, sim, bot, params, receipt):
        return await _cut(request)
    result = method(sim, bot, params, receipt)
    if inspect.isawaitable(result):
        result = await result
    if _cut_is_due(sim, name, params):
        return await _cut(request)
    if isinstance(result, Described):
        return JSONResponse({"ok": True, "result": result.result, "description": result.description})
    return JSONResponse({"ok": True, "result": result})


async def _execute(sim: Sim, token: str, content_type: str, body: bytes) -> None:
    """Run the method that a webhook answered with, as if the bot had called it; nobody is told what comes of it."""
    headers = [(b"content-type", content_type.encode("latin-1")), (b"content-length", str(len(body)).encode())]

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        params = await read_params(Request({"type": "http", "headers": headers, "query_string": b""}, receive))
        name, method = METHODS.get(params.text("method").lower(), (None, None))
        if name is None or method is None:
            return
        result = method(sim, sim.bots[token], params, Receipt(name, sim.config.wall_clock(), None))
        if inspect.isawaitable(result):
            await result
    except Refusal as refusal:
        sim.refused[str(refusal.code)] += 1


async def _file(request: Request) -> Response:
    """The bytes that `getFile` named; 404 when they were forgotten or never came."""
    sim: Sim = request.app.state.sim
    bot = sim.bots.get(request.path_params["token"])
    digest = request.path_params["path"].rpartition("/")[2]
    content = sim.contents.get(digest) if bot is not None and bot.owns(digest) else None
    if content is None:
        refusal = Refusal(401, "Unauthorized") if bot is None else Refusal(404, "Not Found: file not found")
        return JSONResponse(refusal.as_json(), status_code=refusal.code)
    return Response(content, media_type="application/octet-stream")


async def _meet_fault(request: Request, sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> bool:
    """Apply a fault that comes before acceptance; True when the connection is to be cut unanswered."""
    chat_id = params.integer("chat_id")
    fault = sim.faults.match(receipt.method, params)
    if fault is None or fault.kind == "cut_after_accept":
        return False
    sim.faults.spend(fault)
    sim.faulted[fault.kind] += 1
    if fault.kind == "page":
        raise HTTPException(fault.status, _PAGE)
    if fault.kind in ("status", "refusal"):
        if chat_id is not None and not bot.flood.note_early_send(chat_id) and fault.retry_after:
            bot.flood.refuse_for(None if fault.whole_bot else chat_id, fault.retry_after)
        raise fault.answer()
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
        return False
    await _until_gone(request, fault.seconds)
    return True


def _cut_is_due(sim: Sim, method: str, params: Params) -> bool:
    # Looked up only now: a call that was refused must not use the fault up.
    fault = sim.faults.match(method, params)
    if fault is None or fault.kind != "cut_after_accept":
        return False
    sim.faults.spend(fault)
    sim.faulted[fault.kind] += 1
    return True


async def _until_gone(request: Request, seconds: float) -> None:
    """Say nothing until the client hangs up or `seconds` pass."""
    try:
        async with asyncio.timeout(seconds):
            # Its body has been read, so the next thing a connection can tell is that it is gone.
            await request.receive()
    except TimeoutError:
        return


async def _cut(request: Request) -> Response:
    request.scope["extensions"][CUT_EXTENSION]()
    await _until_gone(request, 1.0)
    return Response(status_code=499)  # nobody is left to read it


async def _http_error(_request: Request, error: Any) -> Response:
    if error.detail is _PAGE:
        return HTMLResponse(_PAGE, status_code=error.status_code)
    refusal = Refusal(error.status_code, error.detail)
    return JSONResponse(refusal.as_json(), status_code=refusal.code)
