"""What every request comes through before the routes: limits first, then the way of reads or of what is done once."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog
from servicekit import faults
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.health import is_probe
from starlette.types import Message, Receive, Scope, Send

from gateway.access_tokens import AccessTokens
from gateway.admission.addresses import address_of
from gateway.admission.limits import REFUSED, Allowed, Limits, TooMany, Visit
from gateway.admission.problem_answers import AWAY, BROKEN, RATE_LIMITED, RETRY_AFTER, send_problem
from gateway.answers.access import Access
from gateway.answers.answer import SCOPE_NAME, Answer
from gateway.answers.pipeline import PREFIX, SCOPE_OF_READS, Make, Pipeline
from gateway.asking import Asking
from gateway.callers import user_of
from gateway.flood import Flood
from gateway.idempotency import request as requests
from gateway.idempotency.once import InProgress, Once, Reused
from gateway.idempotency.request import Malformed, Request
from gateway.recording.recorder import Recorder
from gateway.refusals import Refused
from gateway.request_durations import RequestDurations

log = structlog.get_logger()

AT_ONCE = 256
"""Requests in hand; what comes beyond is told to come again."""

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
RETRY_SOON = {"Retry-After": "1"}
"""Seconds."""


class Entrance:
    """The gateway's outermost part; `headers` go with every answer that it gives by itself."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        headers: dict[str, str],
        *,
        allowed: Allowed,
        max_body_bytes: int,
        tokens: AccessTokens,
        durations: RequestDurations,
    ) -> None:
        self._durations = durations
        self._limits = Limits(cache, allowed)
        access = Access(database, cache, tokens)
        self.pipeline = Pipeline(access, cache, self._limits, Asking(database), headers)
        self.flood = Flood(self._limits, access, headers)
        self._once = Once(database, cache)
        self._recorder = Recorder(database, headers)
        self._headers = headers
        self._max_body_bytes = max_body_bytes
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send, make: Make) -> None:
        """Answer the request; `make` is the interface with its routes."""
        if scope["type"] != "http" or is_probe(scope["path"]):
            await make(scope, receive, send)
            return
        began = time.perf_counter()
        telling = _Telling(send, Visit(address_of(scope)), self._limits)
        self._in_hand += 1
        try:
            if self._in_hand > AT_ONCE:
                REFUSED.labels("crowd").inc()
                await self._refuse(scope, telling, 503, "overloaded", "Too many requests at once.", RETRY_SOON)
                return
            await self._let_in(scope, receive, telling, make)
        except asyncio.CancelledError:
            if not telling.has_begun:
                await self._refuse(scope, telling, 503, "stopping", "The gateway is stopping.", RETRY_SOON)
            raise
        finally:
            self._in_hand -= 1
            self._durations.observe(scope, telling.status, time.perf_counter() - began)

    async def _let_in(self, scope: Scope, receive: Receive, send: "_Telling", make: Make) -> None:
        try:
            if scope["path"].startswith(PREFIX):
                await self.pipeline(scope, receive, send, self._routes(make), send.visit)
            else:
                await self._limits.count(send.visit, self._limits.of_public(send.visit.address))
                await make(scope, receive, send)
        except TooMany as refusal:
            REFUSED.labels(refusal.limit).inc()
            send.visit.headers = {}
            await self._refuse(scope, send, *RATE_LIMITED, refusal.detail, refusal.headers)

    def _routes(self, routes: Make) -> Make:
        make = self._recorder.around(routes)

        async def once_or_make(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] not in WRITES or not any(name == requests.HEADER for name, _ in scope["headers"]):
                await make(scope, receive, send)
            else:
                await self._do_once(scope, receive, send, make)

        return once_or_make

    async def _do_once(self, scope: Scope, receive: Receive, send: Send, make: Make) -> None:
        """A request with an `Idempotency-Key`; whoever may not do it is refused by the route."""
        try:
            key = requests.key_of(scope["headers"])
        except Malformed:
            detail = f"Idempotency-Key has 1 to {requests.MAX_LENGTH} visible characters of ASCII, and is sent once."
            await self._refuse(scope, send, 400, "idempotency_key_malformed", detail)
            return
        answer: Answer = scope[SCOPE_NAME]
        caller = _caller_of(answer)
        if key is None or caller is None:
            await make(scope, receive, send)
            return
        received, body = await _received(receive, self._max_body_bytes)
        if body is None:
            await make(scope, _again(received, receive), send)
            return
        request = Request(caller, key, scope["method"], answer.question.target, body)
        try:
            made = await self._once.answer(request, scope, make)
        except Reused:
            detail = "This Idempotency-Key was used for another request. Make a new one for each request."
            await self._refuse(scope, send, 422, "idempotency_key_reused", detail)
        except InProgress:
            detail = "The same request is being done just now. Send it again to be told what came of it."
            await self._refuse(scope, send, 409, "request_in_progress", detail, RETRY_SOON)
        except Exception as error:
            if not faults.is_away(error):
                await self._refuse(scope, send, 500, "internal_error", BROKEN)
                raise
            log.warning("database.away", error=f"{type(error).__name__}: {error}"[:300])
            await self._refuse(scope, send, 503, "database_unavailable", AWAY, RETRY_AFTER)
        else:
            await send({"type": "http.response.start", "status": made.status, "headers": list(made.headers)})
            await send({"type": "http.response.body", "body": made.body})

    async def _refuse(
        self, scope: Scope, send: Send, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        await send_problem(send, scope, status, code, detail, {**self._headers, **(headers or {})})


def _caller_of(answer: Answer) -> str | None:
    """Whose request it is, and with which rights; none if he may do nothing."""
    grant = answer.grant
    if grant is None or grant.scopes <= {SCOPE_OF_READS}:
        return None
    try:
        who = f"user {user_of(grant, answer.question.named_user)}"
    except Refused:
        who = f"key {grant.key_id}"  # that acts for nobody
    return f"{who} {' '.join(sorted(grant.scopes))}"


class _Telling:
    """Sends, and says of limits what is to be said."""

    def __init__(self, send: Send, visit: Visit, limits: Limits) -> None:
        self._send = send
        self._limits = limits
        self.visit = visit
        self.status: int | None = None

    @property
    def has_begun(self) -> bool:
        return self.status is not None

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            told = [(name.lower().encode(), value.encode()) for name, value in self.visit.headers.items()]
            message["headers"] = [*message["headers"], *told]
            if message["status"] == 401:
                await self._limits.count_refusal(self.visit)
        await self._send(message)


async def _received(receive: Receive, max_bytes: int) -> tuple[list[Message], bytes | None]:
    """The messages of a body, and the whole of it; none where it is too large, or did not come."""
    messages: list[Message] = []
    body = bytearray()
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return messages, None
        body += message.get("body", b"")
        if len(body) > max_bytes:
            return messages, None
        if not message.get("more_body", False):
            return messages, bytes(body)


def _again(messages: list[Message], receive: Receive) -> Receive:
    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again
