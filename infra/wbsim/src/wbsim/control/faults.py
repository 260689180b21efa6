"""Switching faults on and off."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wbsim import checks
from wbsim.control.bodies import BadControl, controlled, read_body, world_of


async def add_fault(request: Request) -> Response:
    """`POST /_sim/faults {path, kind, …Fault}`; without `times` until removed."""
    body = await read_body(request, checks.FAULT, "path", "kind")
    return JSONResponse(asdict(world_of(request).faults.add(**body)), 201)


async def list_faults(request: Request) -> Response:
    """`GET /_sim/faults`: the active ones."""
    return JSONResponse({"faults": world_of(request).faults.listing()})


async def remove_faults(request: Request) -> Response:
    """`DELETE /_sim/faults` or `/_sim/faults/{id}`."""
    active = world_of(request).faults.active
    fault_id = request.path_params.get("id")
    if fault_id is None:
        active.clear()
    elif active.pop(fault_id, None) is None:
        raise BadControl(f"no active fault {fault_id}", 404)
    return Response(status_code=204)


ROUTES = [
    Route("/_sim/faults", controlled(add_fault), methods=["POST"]),
    Route("/_sim/faults", controlled(list_faults), methods=["GET"]),
    Route("/_sim/faults", controlled(remove_faults), methods=["DELETE"]),
    Route("/_sim/faults/{id:int}", controlled(remove_faults), methods=["DELETE"]),
]
