"""The HTTP side: push services for whoever sends, `/_sim/` for whoever runs the test."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pushsim import firebase, webpush
from pushsim.faults import Fault, Place
from pushsim.state import PROJECT, Sim

CUT_EXTENSION = "pushsim.cut"

Take = Callable[[Request, Sim], Awaitable[Response]]


def create_app(sim: Sim) -> Starlette:
    """The fakes as an ASGI application. Faults that cut the connection need the server of `pushsim.running`."""
    app = Starlette(
        routes=[
            Route("/push/{name}", _at("webpush", _push), methods=["POST"]),
            Route(f"/v1/projects/{PROJECT}/messages:send", _at("firebase", _send), methods=["POST"]),
            Route("/token", _at("token", _token), methods=["POST"]),
            Route("/_sim/messages", _messages),
            Route("/_sim/credentials", _credentials),
            Route("/_sim/subscriptions", _subscribe, methods=["POST"]),
            Route("/_sim/devices", _register, methods=["POST"]),
            Route("/_sim/end", _end, methods=["POST"]),
            Route("/_sim/faults", _order, methods=["POST"]),
        ]
    )
    app.state.sim = sim
    return app


def _at(place: Place, take: Take) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        sim: Sim = request.app.state.sim
        await request.body()
        fault = sim.faults.take(place)
        if fault is None:
            return await take(request, sim)
        if fault.kind == "status":
            return _ordered(place, fault)
        if fault.accepted:
            await take(request, sim)
        if fault.kind == "hang":
            await _until_gone(request, fault.seconds)
        request.scope["extensions"][CUT_EXTENSION]()
        return Response(status_code=500)  # nobody is left to read it

    return answer


def _ordered(place: Place, fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if place == "webpush" or fault.text:
        return Response(fault.text, fault.status, headers)
    refusal = firebase.CallRefused(fault.status, "ordered", fault.code or None)
    return JSONResponse(refusal.as_json(), fault.status, headers)


async def _until_gone(request: Request, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await request.receive()
    except TimeoutError:
        return


async def _push(request: Request, sim: Sim) -> Response:
    try:
        webpush.take(sim, request.path_params["name"], request.headers, await request.body())
    except webpush.PushRefused as refusal:
        sim.refused.append(str(refusal))
        return Response(str(refusal), refusal.status)
    return Response(status_code=201, headers={"Location": f"{sim.url}/message/{len(sim.inbox.since())}"})


async def _send(request: Request, sim: Sim) -> Response:
    try:
        name = firebase.take(sim, request.headers.get("authorization", ""), await request.body())
    except firebase.CallRefused as refusal:
        sim.refused.append(str(refusal))
        return JSONResponse(refusal.as_json(), refusal.status)
    return JSONResponse({"name": name})


async def _token(request: Request, sim: Sim) -> Response:
    try:
        return JSONResponse(firebase.give_token(sim, dict(await request.form())))
    except firebase.CallRefused as refusal:
        sim.refused.append(str(refusal))
        return JSONResponse({"error": str(refusal)}, refusal.status)


async def _messages(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    return JSONResponse({"messages": sim.inbox.since(int(request.query_params.get("since", 0)))})


async def _credentials(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    return Response(sim.credentials(), media_type="application/json")


async def _subscribe(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    asked: dict[str, Any] = await request.json() if await request.body() else {}
    return JSONResponse(sim.new_subscription(asked.get("vapid_key")), 201)


async def _register(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    return JSONResponse({"token": sim.new_device()}, 201)


async def _end(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    return Response(status_code=204 if sim.end(str((await request.json())["name"])) else 404)


async def _order(request: Request) -> Response:
    sim: Sim = request.app.state.sim
    try:
        sim.faults.add(**await request.json())
    except (ValueError, TypeError) as error:
        return JSONResponse({"error": str(error)}, 422)
    return Response(status_code=204)
