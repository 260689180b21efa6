"""What a fault does to an answer on its way to the client."""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from wbsim import errors
from wbsim.errors import Refusal
from wbsim.faults import (
    NOTHING,
    NOTHINGS,
    OUTAGES,
    POISONS,
    SPOILT,
    Damage,
    Fault,
    damage,
    poison,
    rename,
    spoil,
)
from wbsim.feed import Row
from wbsim.hosts import split_host
from wbsim.methods import Answer, PlainRow
from wbsim.orders import serialise
from wbsim.world import World

T = TypeVar("T")

_NUMBER = re.compile(r"\d+")
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}")
_UNIX_SECONDS = re.compile(r"\b\d{10}\b")

HTML = b"<html><head><title>Wildberries</title></head><body><h1>Almost there...</h1></body></html>"
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>"
FILLER_BYTES = 1024 * 1024
TRICKLES = 20


class CutResponse(Response):
    """Promises the whole body, sends half of it and hangs up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = self.body[: len(self.body) // 2]
        # Returning with more_body still set is what makes the server close the connection.
        await send({"type": "http.response.body", "body": bytes(half), "more_body": True})


async def before_answer(fault: Fault, request: Request, sid: str | None) -> Response | None:
    """Refuse, hold up or answer a request, for the kinds of fault that do not need its answer."""
    if fault.kind == "status":
        raise _with_status(fault, request.url.path, sid)
    if fault.kind == "timeout":
        await _hold(request, fault.seconds)
        raise errors.server_error(504)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "html":
        raise Refusal(fault.status, HTML, "text/html")
    if fault.kind == "text":
        raise errors.content_unreadable(fault.status)
    if fault.kind == "huge":
        return StreamingResponse(filler(fault.size), media_type="application/json")
    if fault.kind in {"refused_ids", "refused_days"}:
        raise errors.SHAPES[fault.shape or "empty"](fault.status)
    if fault.kind == "nothing":
        status, body = NOTHING[_turn(fault, NOTHINGS)]
        return Response(body, status, media_type="application/json")
    if fault.kind == "global_limit":
        raise errors.global_limit(sid or "unknown", _told_wait(fault))
    if fault.kind == "outage":
        return await _out(fault, request)
    if fault.kind == "switched_off":
        raise errors.switched_off()
    return None


async def leave_unheard(fault: Fault, request: Request) -> None:
    """What was asked for is done, and its answer never comes: silence, then 504."""
    await _hold(request, fault.seconds)
    raise errors.server_error(504)


async def is_meant(fault: Fault, request: Request) -> bool:
    """Whether a fault that is about ids or days is about one that the request names, or has between two others."""
    if fault.kind not in {"refused_ids", "refused_days"}:
        return True
    named = " ".join([*request.query_params.values(), (await request.body()).decode()])
    if fault.kind == "refused_ids":
        return not {str(each) for each in fault.ids}.isdisjoint(_NUMBER.findall(named))
    days = _DAY.findall(named) + [_utc_day(int(seconds)) for seconds in _UNIX_SECONDS.findall(named)]
    return bool(days) and any(min(days) <= day <= max(days) for day in fault.days)


def _utc_day(unix_seconds: int) -> str:
    return datetime.fromtimestamp(unix_seconds, UTC).date().isoformat()


def _turn(fault: Fault, ways: tuple[T, ...]) -> T:
    """The way that the fault is told to strike in; by turns if it is not told."""
    chosen: list[T] = [way for way in ways if way == fault.how]
    return chosen[0] if chosen else ways[fault.struck % len(ways)]


async def filler(size: int) -> AsyncIterator[bytes]:
    """A JSON array of `size` bytes with nothing in it, made slice by slice."""
    yield b"["
    for left in range(size - 2, 0, -FILLER_BYTES):
        yield b" " * min(left, FILLER_BYTES)
    yield b"]"


async def trickled(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    """A body in TRICKLES slices, the last of them after so many seconds."""
    size = max(1, -(-len(body) // TRICKLES))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / TRICKLES)
        yield body[start : start + size]


def swap_types(body: bytes, turn: int) -> bytes:
    """The answer with an object where an array belongs, or the other way round.

    An answer that is an object has its list of rows made an object and is made an array itself by turns.
    What is no JSON stays as it is.
    """
    try:
        answer = json.loads(body)
    except ValueError:
        return body
    if isinstance(answer, list):
        return serialise(_as_object(answer))
    place = _first_array(answer) if turn % 2 else None
    if place is None:
        return serialise([answer])
    holder, name = place
    holder[name] = _as_object(holder[name])
    return serialise(answer)


def _as_object(array: list[Any]) -> dict[str, Any]:
    return {str(place): item for place, item in enumerate(array)}


def _first_array(answer: dict[str, Any]) -> tuple[dict[str, Any], str] | None:
    inner = deque([answer])
    while inner:
        holder = inner.popleft()
        for name, value in holder.items():
            if isinstance(value, list):
                return holder, name
            if isinstance(value, dict):
                inner.append(value)
    return None


def break_row(world: World, fault: Fault, path: str, answer: Answer, rows: Sequence[Row]) -> list[Row]:
    """The rows of a page with one of them damaged; the damaged one no longer counts as served."""
    place = world.faults.rng.randrange(len(rows))
    victim = rows[place]
    body, field, how = damage(world.faults.rng, victim.body, answer.identity, answer.numbers)
    world.faults.damaged.append(Damage(fault.id, path, victim.key, field, how, world.clock.real_now()))
    return [*rows[:place], PlainRow(victim.key, body), *rows[place + 1 :]]


def spoil_row(world: World, fault: Fault, path: str, answer: Answer, rows: Sequence[Row]) -> list[Row]:
    """The rows of a page with a text of one of them spoilt; it no longer counts as served."""
    place = world.faults.rng.randrange(len(rows))
    victim = rows[place]
    how = _turn(fault, SPOILT)
    body, field = spoil(world.faults.rng, victim.body, answer.identity, how)
    world.faults.damaged.append(Damage(fault.id, path, victim.key, field, how, world.clock.real_now()))
    return [*rows[:place], PlainRow(victim.key, body), *rows[place + 1 :]]


def poison_row(world: World, fault: Fault, path: str, rows: Sequence[Row]) -> list[Row]:
    """The rows of a page, one of them with a moment that cannot be; it no longer counts as served."""
    place = world.faults.rng.randrange(len(rows))
    victim = rows[place]
    how = _turn(fault, POISONS)
    body, field = poison(victim.body, how)
    if not field:
        return list(rows)
    world.faults.damaged.append(Damage(fault.id, path, victim.key, field, how, world.clock.real_now()))
    return [*rows[:place], PlainRow(victim.key, body), *rows[place + 1 :]]


def poison_beside(fault: Fault, text: bytes) -> bytes:
    """What stands beside the rows, leading on to a moment that cannot be."""
    return poison(text, _turn(fault, POISONS))[0]


def rename_field(world: World, fault: Fault, path: str, answer: Answer, rows: Sequence[Row]) -> list[Row]:
    """The rows of a page, all of which call a field otherwise; none of them counts as served."""
    name, at = fault.field or answer.identity, world.clock.real_now()
    world.faults.damaged += [Damage(fault.id, path, row.key, name, "renamed", at) for row in rows]
    return [PlainRow(row.key, rename(row.body, name)) for row in rows]


def _with_status(fault: Fault, path: str, sid: str | None) -> Refusal:
    if fault.shape is not None:
        return errors.SHAPES[fault.shape](fault.status)
    if fault.status == 401:
        return errors.unauthorized("token problem; token is withdrawn")
    if fault.status == 402:
        return errors.payment_required()
    if fault.status == 403:
        host, bare_path = split_host(path)
        return errors.forbidden(host or "", bare_path, "token scope not allowed")
    if fault.status == 429:
        return errors.too_many_requests(f"limited by {sid}", _told_wait(fault))
    return errors.server_error(fault.status)


def _told_wait(fault: Fault) -> dict[str, str] | None:
    wait = f"{fault.seconds:g}" if fault.wait is None and fault.seconds else fault.wait
    return None if wait is None else {"x-ratelimit-retry": wait, "retry-after": wait}


async def _out(fault: Fault, request: Request) -> Response:
    """What is answered where nobody is at home."""
    how = _turn(fault, OUTAGES)
    if how == "cut":
        return CutResponse(HTML, 200, None, "application/json")
    if how == "silence":
        await _hold(request, fault.seconds)
        raise errors.server_error(504)
    if how == "bad_gateway":
        raise Refusal(502, BAD_GATEWAY, "text/html")
    raise errors.server_error(503)


async def _hold(request: Request, seconds: float) -> None:
    """Say nothing for so long, or until the client hangs up."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (left := deadline - asyncio.get_running_loop().time()) > 0:
        try:
            async with asyncio.timeout(left):
                message = await request.receive()
        except TimeoutError:
            return
        if message["type"] == "http.disconnect":
            return
