"""Where Wildberries sends its webhooks, on a port of its own: let in by a secret, answered once they are stored.

`POST /wb/webhooks/{cabinet_id}`: 200 with the hints stored, or with nothing to store (a repeat, an event that is not
known, a cabinet that is not there); 400 not readable, 401 not from WB, 408 too slow, 413 too large. No more is told.
"""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Sequence
from uuid import UUID

from servicekit.db import Database
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ingestor.hints import inbox
from ingestor.hints.envelope import NotReadable, read_hints
from ingestor.metrics import count_webhook

MOST_BYTES = 256 * 1024
BODY_SECONDS = 10.0
CONNECTIONS = 128
"""At a time, a quarter of them of one address: 32 MB of bodies."""


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def receiver(
    database: Database, secrets: Sequence[bytes], arrived: Callable[[], None], *, body_seconds: float = BODY_SECONDS
) -> Starlette:
    """The app that takes webhooks in which one of `secrets` is proven, and tells of hints that have `arrived`."""
    storing = asyncio.Semaphore(1)  # however many come, they take one connection of the pool

    async def take_in(request: Request) -> None:
        body = await _authentic(request, secrets, body_seconds)
        try:
            hints = read_hints(body)
        except NotReadable:
            raise _Refused(400) from None
        cabinet_id: UUID = request.path_params["cabinet_id"]
        async with storing:
            if await inbox.store(database, cabinet_id, hints):
                arrived()

    async def answer(request: Request) -> Response:
        status = 500
        try:
            await take_in(request)
            status = 200
        except _Refused as refused:
            status = refused.status
        finally:
            count_webhook(status)
        # Whoever is slow is not waited for; of others the rest of the body is dropped, so that they hear the answer.
        return Response(status_code=status, headers={"Connection": "close"} if status == 408 else {})

    return Starlette(routes=[Route("/wb/webhooks/{cabinet_id:uuid}", answer, methods=["POST"])])


async def _authentic(request: Request, secrets: Sequence[bytes], seconds: float) -> bytes:
    """The body of a request that proves to know a secret: as it is in `Authorization`, or by signing the body with it.

    A request that states neither in the right form is refused before its body is read.
    """
    stated = request.headers.get("authorization", "").removeprefix("Bearer ").strip().encode("latin-1")
    is_known = _is_one_of(stated, secrets)
    signature = request.headers.get("x-hub-signature", "").removeprefix("sha256=").lower().encode("latin-1")
    if not (is_known or signature):
        raise _Refused(401)
    body = await _body(request, seconds)
    if not (is_known or _is_one_of(signature, [_signed(secret, body) for secret in secrets])):
        raise _Refused(401)
    return body


def _is_one_of(stated: bytes, known: Sequence[bytes]) -> bool:
    # All are compared, and each in a time that tells nothing.
    return any([hmac.compare_digest(stated, each) for each in known])


def _signed(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, body, hashlib.sha256).hexdigest().encode()


async def _body(request: Request, seconds: float) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise _Refused(413)
    except TimeoutError:
        raise _Refused(408) from None
    except ClientDisconnect:
        raise _Refused(400) from None
    return bytes(body)
