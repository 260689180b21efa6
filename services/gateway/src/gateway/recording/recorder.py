"""What stands around the routes: it records what no transaction of theirs recorded, before the answer is sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import structlog
from contracts.audit import Outcome
from servicekit import outbox
from servicekit.db import Database
from starlette.types import Message, Receive, Scope, Send

from gateway import noting
from gateway.admission.problem_answers import AWAY, RETRY_AFTER, send_problem
from gateway.idempotency import joined
from gateway.recording.recording import ADMIN, SCOPE_NAME, Recording

log = structlog.get_logger()

COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SECONDS = 5.0
"""For a record beside the transaction of an effect. A refusal that cannot be recorded by then is answered all the same;
an administrator's read is not."""

Make = Callable[[Scope, Receive, Send], Awaitable[None]]


class Recorder:
    """Records requests; `headers` go with what it answers by itself."""

    def __init__(self, database: Database, headers: dict[str, str]) -> None:
        self._database = database
        self._headers = headers

    def around(self, make: Make) -> Make:
        """The same routes, recorded."""

        async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
            is_command = scope["method"] in COMMANDS
            if not is_command and not scope["path"].startswith(ADMIN):
                await make(scope, receive, send)
                return
            recording = scope[SCOPE_NAME] = Recording(scope, is_command)
            with noting.listening(recording.notes):
                await make(scope, recording.heard(receive), _Closing(self, recording, send))

        return recorded

    async def close(self, recording: Recording, status: int, body: bytes) -> bool:
        """Record what came of a request, unless that is done; whether it may be answered so."""
        outcome = _outcome(recording, status)
        if outcome is None:
            return True
        # What is taken back with the rest is recorded apart from it.
        within = None if status >= 500 else recording.scope.get(joined.SCOPE_NAME)
        database = self._database if within is None else within.database
        try:
            event = recording.event(outcome, status=status, code=_code_of(body) if status >= 400 else None)
            async with asyncio.timeout(SECONDS), database.transaction() as connection:
                await outbox.append(connection, [event])
        except Exception as error:
            log.error("request.not_recorded", action=recording.action, status=status, exc_info=error)  # noqa: TRY400  # structlog's way
            return status >= 400
        return True

    async def refuse(self, scope: Scope, send: Send) -> None:
        """What cannot be recorded is not told."""
        await send_problem(send, scope, 503, "database_unavailable", AWAY, {**self._headers, **RETRY_AFTER})


class _Closing:
    """Holds an answer back until it is recorded."""

    def __init__(self, recorder: Recorder, recording: Recording, send: Send) -> None:
        self._recorder = recorder
        self._recording = recording
        self._send = send
        self._start: Message | None = None
        self._is_refused = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not await self._recorder.close(self._recording, start["status"], message.get("body", b"")):
                self._is_refused = True
                await self._recorder.refuse(self._recording.scope, self._send)
                return
            await self._send(start)
        if not self._is_refused:
            await self._send(message)


def _outcome(recording: Recording, status: int) -> Outcome | None:
    """What is still to be recorded; None: nothing is."""
    if recording.action is None:
        return None  # no operation of ours
    if recording.notes.is_forced:
        return "done" if status < 400 else "failed"
    if status in (401, 429, 503):
        return None  # nobody whom we know, or nothing that could be stored now
    if status >= 500:
        return "failed"
    if status >= 400:
        return "refused" if recording.is_known else None
    if not recording.is_command:
        return "read"
    return None if recording.is_kept else "unchanged"


def _code_of(body: bytes) -> str | None:
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return str(code)[:100]
