"""The way of every request to a WB method: faults, admission, limits, answer, record."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import formatdate

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from wbsim import errors, striking
from wbsim.admission import Caller, Meter, admit, identify
from wbsim.delivery import Delivery, accepts_gzip
from wbsim.drift import drifted
from wbsim.endpoints import find_method
from wbsim.errors import Refusal
from wbsim.faults import Fault
from wbsim.feed import Page, Row, mark_served
from wbsim.hosts import split_host
from wbsim.methods import Answer, Call, Method
from wbsim.mischief import reads_on
from wbsim.tokens import BadToken
from wbsim.withholding import WITHHOLDING, withheld
from wbsim.world import World

ON_ANSWERS = (
    frozenset({"broken_row", "spoilt_row", "renamed", "poisoned", "empty", "cut", "wrong_type", "trickle", "unheard"})
    | WITHHOLDING
)
"""Kinds of fault that change an answer instead of taking its place."""


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
    template: str = ""

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
    # WB's clock, which is the simulated one unless it is told to be wrong.
    response.headers["date"] = formatdate(world.clock.now() + world.behaviour.date_skew_seconds, usegmt=True)
    world.note_request(
        passage.template,
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
    method, params = _find(passage)
    passage.template = method.path
    try:
        passage.caller = identify(world, request.headers.get("authorization"))
    except BadToken as error:
        passage.complaint = str(error)
    faults = world.faults.pending(request.url.path, passage.path, passage.sid, passage.host or method.host)
    if any(path.startswith(off) for off in world.behaviour.switched_off for path in (request.url.path, passage.path)):
        raise errors.switched_off()
    # WB that is down refuses valid and invalid tokens alike, so faults come before the token's complaint.
    for fault in faults:
        if fault.kind not in ON_ANSWERS and await striking.is_meant(fault, request):
            world.faults.strike(fault)
            instead = await striking.before_answer(fault, request, passage.sid)
            if instead is not None:
                return instead
    if passage.caller is None:
        raise errors.unauthorized(passage.complaint)
    if method.writes:
        passage.caller = Caller(passage.caller.token, world.keep(passage.caller.shop.sid))
    admit(passage.caller, method, passage.host)
    passage.meter = Meter(world, passage.caller, method, passage.host)
    passage.meter.take()
    answer = await method.answer(Call(request, world, passage.caller.shop, world.clock.now(), params))
    for fault in faults:
        if fault.kind == "unheard":
            world.faults.strike(fault)
            await striking.leave_unheard(fault, request)
    rows = await _misplaced(passage, answer)
    return _serve(passage, answer, rows, faults)


def _find(passage: Passage) -> tuple[Method, dict[str, str]]:
    found = find_method(passage.request.method, passage.path)
    if found is None or passage.host not in _addresses(found[0], passage.host):
        raise errors.not_found(passage.path)
    return found


def _addresses(method: Method, host: str | None) -> set[str | None]:
    if method.host is None:
        return {host}
    return {None, method.host} | ({f"{method.host}-sandbox"} if method.sandbox else set())


async def _misplaced(passage: Passage, answer: Answer) -> Sequence[Row]:
    world, behaviour = passage.world, passage.world.behaviour
    if not behaviour.shuffled and not behaviour.repeated_share:
        return answer.rows
    reader = (passage.sid or "", passage.path)
    follows = await reads_on(passage.request)
    return world.mischief.misplaced(answer.rows, behaviour, reader=reader, ordered=answer.ordered, follows=follows)


def _serve(passage: Passage, answer: Answer, rows: Sequence[Row], faults: list[Fault]) -> Response:
    world, request = passage.world, passage.request
    spoilt: dict[str, Fault] = {}
    head, tail = answer.head, answer.tail
    for fault in faults:
        if fault.kind == "broken_row" and rows:
            world.faults.strike(fault)
            rows = striking.break_row(world, fault, request.url.path, answer, rows)
        elif fault.kind == "spoilt_row" and rows:
            world.faults.strike(fault)
            rows = striking.spoil_row(world, fault, request.url.path, answer, rows)
            spoilt[fault.kind] = fault
        elif fault.kind == "renamed" and rows:
            world.faults.strike(fault)
            rows = striking.rename_field(world, fault, request.url.path, answer, rows)
        elif fault.kind == "poisoned" and rows:
            head, tail = striking.poison_beside(fault, head), striking.poison_beside(fault, tail)
            rows = striking.poison_row(world, fault, request.url.path, rows)
            world.faults.strike(fault)
        elif fault.kind == "empty" and rows:
            world.faults.strike(fault)
            rows = ()
        elif fault.kind in WITHHOLDING and rows:
            left = withheld(world.faults.rng, fault, rows)
            if len(left) < len(rows):
                world.faults.strike(fault)
            rows = left
        elif fault.kind in {"cut", "wrong_type", "trickle"}:
            world.faults.strike(fault)
            spoilt[fault.kind] = fault
    joined = rows.joined() if isinstance(rows, Page) else b",".join([row.body for row in rows])
    parts = [head, joined, tail]
    passage.rows = len(rows)
    # What an answer says of itself keeps its values: a report that is never `done` could not be waited for.
    drift = [kind for kind in world.behaviour.drift if rows or kind != "values"]
    if drift and "spoilt_row" not in spoilt:
        parts = [drifted(b"".join(parts), drift, world.config.seed)]
    if "wrong_type" in spoilt and any(parts):
        parts = [striking.swap_types(b"".join(parts), spoilt["wrong_type"].struck)]
    headers = passage.meter.headers() if passage.meter else {}
    if "cut" in spoilt:
        return striking.CutResponse(b"".join(parts), answer.status, headers, "application/json")
    if not spoilt.keys() - {"spoilt_row", "trickle"}:
        _note_served(rows, world.clock.real_now())
    if "trickle" in spoilt:
        slices = striking.trickled(b"".join(parts), spoilt["trickle"].seconds)
        return StreamingResponse(slices, answer.status, headers, "application/json")
    gzip = world.behaviour.gzip and accepts_gzip(request)
    return Delivery(parts, answer.status, headers, "application/json", gzip=gzip)


def _note_served(rows: Sequence[Row], at: float) -> None:
    if isinstance(rows, Page):
        rows.serve(at)
    else:
        mark_served(rows, at)


def _refused(passage: Passage, refusal: Refusal) -> Response:
    headers = dict(refusal.headers)
    if passage.meter is not None:
        passage.meter.charge(refusal.status)
        headers |= passage.meter.headers()
    return Response(refusal.body, refusal.status, headers, refusal.media_type)
