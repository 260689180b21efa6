"""What a fault does to an answer on its way to the client."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from wbsim import errors
from wbsim.errors import Refusal
from wbsim.faults import Damage, Fault, damage
from wbsim.feed import Row
from wbsim.methods import Answer, PlainRow
from wbsim.orders import serialise
from wbsim.world import World

HTML = b"<html><head><title>Wildberries</title></head><body><h1>Almost there...</h1></body></html>"
FILLER_BYTES = 1024 * 1024


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
        raise _with_status(fault, sid)
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
    if fault.kind == "global_limit":
        raise errors.global_limit(sid or "unknown")
    if fault.kind == "switched_off":
        raise errors.switched_off()
    return None


async def filler(size: int) -> AsyncIterator[bytes]:
    """A JSON array of `size` bytes with nothing in it, made slice by slice."""
    yield b"["
    for left in range(size - 2, 0, -FILLER_BYTES):
        yield b" " * min(left, FILLER_BYTES)
    yield b"]"


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


def _with_status(fault: Fault, sid: str | None) -> Refusal:
    if fault.shape is not None:
        return errors.SHAPES[fault.shape](fault.status)
    if fault.status == 401:
        return errors.unauthorized("token problem; token is withdrawn")
    if fault.status == 402:
        return errors.payment_required()
    if fault.status == 429:
        retry = {"x-ratelimit-retry": f"{fault.seconds:g}"} if fault.seconds else None
        return errors.too_many_requests(f"limited by {sid}", retry)
    return errors.server_error(fault.status)


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
