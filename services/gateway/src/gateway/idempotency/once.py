"""A request is done once: the answer is kept in the transaction of its effect, and given again to whoever repeats it.

An answer of 5xx takes back what the request did, and is not kept: it may be tried again. Refusals that are not the
request's own fault (401, 403, 429) are not kept either, but what was done with them stays.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import Counter
from servicekit.cache import Cache
from servicekit.db import Database
from starlette.types import Message, Receive, Scope, Send

from gateway.idempotency import joined, kept_answers
from gateway.idempotency.joined import Joined, JoinedDatabase
from gateway.idempotency.kept_answers import KeptAnswer
from gateway.idempotency.request import Headers, Made, Request

log = structlog.get_logger()

WAIT_SECONDS = 5.0
"""For the answer of who does the same; then the caller is told to come again."""

LOOK_SECONDS = 0.1
"""Who waits for another process looks again so much later."""

AT_ONCE = 8
"""Requests of this process that each hold a connection until they are answered: the others need some too."""

NOT_KEPT = {401, 403, 429}
REPLAYED = (b"idempotency-replayed", b"true")

REPEATS = Counter(
    "pulse_requests_repeated",
    "Requests whose Idempotency-Key was used before: replayed (answered again), reused (for another request: refused),"
    " in_progress (done just now: asked to come again).",
    ("outcome",),
    registry=None,
)

Make = Callable[[Scope, Receive, Send], Awaitable[None]]


class Reused(Exception):
    """The key belongs to another request."""


class InProgress(Exception):
    """The same request is being done, and was not over in `WAIT_SECONDS`."""


class _Failed(Exception):
    """An answer that must not be kept, nor what was done before it."""

    def __init__(self, made: Made) -> None:
        super().__init__(made.status)
        self.made = made


class _Run:
    """A request that is being done in this process."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.is_over = asyncio.Event()
        self.kept: Made | None = None


class Once:
    """Does requests once, in whichever process of the gateway."""

    def __init__(self, database: Database, cache: Cache) -> None:
        self._database = database
        self._cache = cache
        self._running: dict[bytes, _Run] = {}
        self._places = asyncio.Semaphore(AT_ONCE)

    async def answer(self, request: Request, scope: Scope, make: Make) -> Made:
        """The answer of the route, or the one that was given before, with `REPLAYED` among its headers.

        Raises:
            Reused: the key was used for another request.
            InProgress: it is being done just now.
            Exception: the database failed, or the route did without answering.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while (run := self._running.get(request.name)) is not None:
            if run.content != request.content:
                raise _counted(Reused())
            await _over(run, deadline)
            if run.kept is not None:
                return _replayed(run.kept)
        run = self._running[request.name] = _Run(request.content)
        try:
            made, run.kept = await self._do(request, scope, make, deadline)
        finally:
            del self._running[request.name]
            run.is_over.set()
        return made

    async def _do(self, request: Request, scope: Scope, make: Make, deadline: float) -> tuple[Made, Made | None]:
        """The answer, and the one that is kept now."""
        while True:
            cache = self._cache.deferring()
            try:
                async with self._places, self._database.transaction() as connection:
                    if await kept_answers.hold(connection, request.name):
                        kept = await kept_answers.find(connection, request.name)
                        if kept is not None:
                            return _opened(request, kept)
                        scope[joined.SCOPE_NAME] = Joined(JoinedDatabase(self._database, connection), cache)
                        made = await _made(request, scope, make)
                        is_kept = made.status not in NOT_KEPT
                        if is_kept:
                            answer = KeptAnswer(request.content, request.seal(made))
                            await kept_answers.keep(connection, request.name, answer)
                        break
            except _Failed as failed:
                return failed.made, None
            if time.monotonic() >= deadline:
                raise _counted(InProgress())
            await asyncio.sleep(LOOK_SECONDS)
        await cache.committed()
        return made, made if is_kept else None


async def _made(request: Request, scope: Scope, make: Make) -> Made:
    """What the route answers.

    Raises:
        _Failed: with 5xx.
        Exception: without an answer.
    """
    status, body = 0, bytearray()
    headers: Headers = ()
    is_received = False

    async def receive() -> Message:
        nonlocal is_received
        if is_received:
            await asyncio.Event().wait()  # whether the client is still there changes nothing
        is_received = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message["headers"])
        else:
            body.extend(message.get("body", b""))

    try:
        await make(scope, receive, send)
    except Exception as error:
        if status == 0:
            raise
        log.error("request.failed", path=scope["path"], exc_info=error)  # noqa: TRY400  # structlog's way
    made = Made(status, headers, bytes(body))
    if status >= 500:
        raise _Failed(made)
    return made


async def _over(run: _Run, deadline: float) -> None:
    try:
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            await run.is_over.wait()
    except TimeoutError:
        raise _counted(InProgress()) from None


def _opened(request: Request, kept: KeptAnswer) -> tuple[Made, Made]:
    if kept.content != request.content:
        raise _counted(Reused())
    made = request.unseal(kept.sealed)
    return _replayed(made), made


def _replayed(made: Made) -> Made:
    REPEATS.labels("replayed").inc()
    return Made(made.status, [*made.headers, REPLAYED], made.body)


def _counted(refusal: Reused | InProgress) -> Reused | InProgress:
    REPEATS.labels("reused" if isinstance(refusal, Reused) else "in_progress").inc()
    return refusal
