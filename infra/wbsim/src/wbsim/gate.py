"""The way of every request to a WB method: faults, admission, limits, answer, record."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from wbsim import errors, striking
from wbsim.admission import Caller, Meter, admit, identify
from wbsim.endpoints import METHODS
from wbsim.errors import Refusal
from wbsim.faults import Fault
from wbsim.feed import Row
from wbsim.hosts import split_host
from wbsim.methods import Answer, Call, Method
from wbsim.tokens import BadToken
from wbsim.world import World


@dataclass(slots=True)
class Passage:
    """One request on its way through the gate."""

    world: World
    request: Request
    host: str | None
    path: str
    caller: Caller | None = None
    complaint: str = ""
    meter: Meter | None = None
    rows: int = 0

    @property
    def sid(self) -> str | None:
        """The seller, None without a valid token."""
        return self.caller.shop.sid if self.caller else None


async def pass_gate(request: Request) -> Response:
    """Answer a request as WB would, and note it."""
    world: World = request.app.state.world
    host, path = split_host(request.url.path)
    passage = Passage(world, request, host, path)
    try:
        response = await _answered(passage)
    except Refusal as refusal:
        response = _refused(passage, refusal)
    world.note_request(
        method=request.method,
        path=request.url.path,
        sid=passage.sid,
        status=response.status_code,
        traceparent=request.headers.get("traceparent"),
        rows=passage.rows,
    )
    return response


async def _answered(passage: Passage) -> Response:
    world, request = passage.world, passage.request
    method = _find(passage)
    try:
        passage.caller = identify(world, request.headers.get("authorization"))
    except BadToken as error:
        passage.complaint = str(error)
    faults = world.faults.pending(request.url.path, passage.path, passage.sid)
    # WB that is down refuses valid and invalid tokens alike, so faults come before the token's complaint.
    for fault in faults:
        if fault.kind not in {"broken_row", "cut"}:
            world.faults.strike(fault)
            await striking.before_answer(fault, request, passage.sid)
    if passage.caller is None:
        raise errors.unauthorized(passage.complaint)
    admit(passage.caller, method, passage.host)
    passage.meter = Meter(world, passage.caller, method, passage.host)
    passage.meter.take()
    answer = await method.answer(Call(request, world, passage.caller.shop, world.clock.now()))
    return _serve(passage, answer, faults)


def _find(passage: Passage) -> Method:
    method = METHODS.get((passage.request.method, passage.path))
    if method is None or passage.host not in _addresses(method, passage.host):
        raise errors.not_found(passage.path)
    return method


def _addresses(method: Method, host: str | None) -> set[str | None]:
    if method.host is None:
        return {host}
    return {None, method.host} | ({f"{method.host}-sandbox"} if method.sandbox else set())


def _serve(passage: Passage, answer: Answer, faults: list[Fault]) -> Response:
    world, rows = passage.world, answer.rows
    cut = None
    for fault in faults:
        if fault.kind == "broken_row" and rows:
            world.faults.strike(fault)
            rows = striking.break_row(world, fault, passage.request.url.path, answer, rows)
        elif fault.kind == "cut":
            world.faults.strike(fault)
            cut = fault
    body = b"".join((answer.head, b",".join([row.body for row in rows]), answer.tail))
    passage.rows = len(rows)
    headers = passage.meter.headers() if passage.meter else {}
    if cut is not None:
        return striking.CutResponse(body, answer.status, headers, "application/json")
    _mark_served(rows, world.clock.real_now())
    return Response(body, answer.status, headers, "application/json" if body else None)


def _mark_served(rows: Sequence[Row], at: float) -> None:
    for row in rows:
        version = row.version
        if version is not None and version.served_at is None:
            version.served_at = at


def _refused(passage: Passage, refusal: Refusal) -> Response:
    headers = dict(refusal.headers)
    if passage.meter is not None:
        passage.meter.charge(refusal.status)
        headers |= passage.meter.headers()
    return Response(refusal.body, refusal.status, headers, refusal.media_type)
