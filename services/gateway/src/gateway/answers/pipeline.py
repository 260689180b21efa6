"""The one way that every read takes: from the cache if it has the answer, else made by its route and kept.

What it answers by itself is only what was answered before to the same user. Everything else, and every refusal of a
caller, is the route's, which is told what was found out on the way: also the route of what is no read.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from prometheus_client import Counter
from servicekit import clock
from servicekit.cache import Cache, CacheAway
from starlette.types import Receive, Scope, Send

from contracts import cache_keys
from gateway import keys
from gateway.admission.limits import Limits, TooMany, Visit
from gateway.answers.access import Access
from gateway.answers.answer import MAX_QUESTION_LENGTH, SCOPE_NAME, Answer, Question
from gateway.answers.foreseen import foreseen
from gateway.answers.kept import Kept
from gateway.asking import Asking
from gateway.callers import user_or_none

PREFIX = "/api/v1/"
SCOPE_OF_READS = "read"

LOOKS = 3
"""Who finds an answer being made looks again when it is there, so often at most."""

READS = Counter(
    "pulse_reads",
    "Reads by what answered them: hit (the cache), made (a route, and it is kept), past (the cache, past its time: "
    "nothing newer could be had), other (a route, and nothing is kept).",
    ("outcome",),
    registry=None,
)
_HIT, _MADE, _PAST, _OTHER = (READS.labels(outcome) for outcome in ("hit", "made", "past", "other"))

Make = Callable[[Scope, Receive, Send], Awaitable[None]]


class _Flight:
    """An answer that is being made."""

    def __init__(self) -> None:
        self.is_over = asyncio.Event()
        self.was_kept = False


class Pipeline:
    """What stands before the routes; `headers` go with every answer. What is read and overdue is asked for."""

    def __init__(self, access: Access, cache: Cache, limits: Limits, asking: Asking, headers: dict[str, str]) -> None:
        self.asking = asking
        self._access = access
        self._cache = cache
        self._limits = limits
        encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._headers = [header for header in encoded if header[0] != b"cache-control"]  # what is kept has its own
        self._making: dict[str, _Flight] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send, make: Make, visit: Visit) -> None:
        """Answer the request; `make` is its route.

        Raises:
            TooMany: the caller asks too much.
        """
        answer = scope[SCOPE_NAME] = Answer(Question.of(scope), self._access, self._cache)
        if scope["method"] != "GET":
            await self._find(answer, visit, is_read=False)
            await make(scope, receive, send)
            return
        for _ in range(LOOKS):
            kept = await self._find(answer, visit, is_read=True)
            if kept is not None:
                _HIT.inc()
                await self._send(kept, answer.question, send)
                return
            flight = self._making.get(answer.kept_as or "")
            if flight is None:
                break
            await flight.is_over.wait()
            if not flight.was_kept:
                break
        await self._lead(answer, make(scope, receive, send))

    async def _find(self, answer: Answer, visit: Visit, *, is_read: bool) -> Kept | None:
        """What is kept for this caller and question, if it counts; what the caller may do is left in `answer`."""
        try:
            try:
                return await self._look(answer, visit, is_read=is_read)
            except CacheAway:
                answer.kept_as = None
                await self._ask_database(answer, visit)
        except TooMany:
            raise
        except Exception as error:
            answer.failure = error
        return None

    async def _ask_database(self, answer: Answer, visit: Visit) -> None:
        """What the key allows, without the cache."""
        key = answer.question.key
        answer.grant = await self._access.find_grant(key) if key else None
        answer.is_known = True
        if answer.grant is not None and not visit.is_counted:
            user = user_or_none(answer.grant, answer.question.named_user)
            self._limits.count_here(visit, self._limits.of_caller(answer.grant, user, visit.address))

    async def _look(self, answer: Answer, visit: Visit, *, is_read: bool) -> Kept | None:
        question = answer.question
        key_hash = keys.hash_of(question.key) if question.key else b""
        held = self._access.grants.get(key_hash)
        if not self._access.has_seen(key_hash):
            # Who guesses keys is stopped before the database is asked.
            await self._limits.look(visit, "", (), self._limits.of_stranger(visit.address))
        if not question.key:
            return None
        if held is None or not held.is_young:
            held = await self._access.read_grant(question.key, held)
        if held is None:
            answer.is_known = True
            return None
        user = user_or_none(held.value, question.named_user)
        tags = [held.value.tag]
        name, likely = "", tuple[str, ...]()
        if user is not None:
            tags.append(cache_keys.members_tag(user))
            if is_read:
                name = cache_keys.answer(user, question.target)
                remembered = self._access.memberships.get(user)
                likely = foreseen(question.path, remembered.value if remembered else ())
        quotas = () if visit.is_counted else self._limits.of_caller(held.value, user, visit.address)
        visit.is_counted = True
        look = await self._limits.look(visit, name, tags, quotas, foreseen=likely)
        if look.versions[0] != held.version:
            held = await self._access.read_grant(question.key)
        answer.is_known = True
        if held is None or held.value.is_expired:
            return None
        answer.grant = held.value
        if user is not None:
            answer.members_version = look.versions[1]
        if not name or SCOPE_OF_READS not in held.value.scopes or len(question.target) > MAX_QUESTION_LENGTH:
            return None
        if question.is_of_a_file:
            return None
        answer.kept_as, answer.foreseen = name, look.foreseen
        try:
            kept = Kept.decode(look.body) if look.body else None
        except ValueError:
            return None  # not written by us
        if kept and kept.past_after <= clock.now().timestamp():
            answer.past = kept
            return None
        return kept

    async def _lead(self, answer: Answer, making: Awaitable[None]) -> None:
        """Let the route answer; who asks the same meanwhile waits until it is kept."""
        name = answer.kept_as
        flight = _Flight()
        leads = name is not None and self._making.setdefault(name, flight) is flight
        try:
            await making
            flight.was_kept = await answer.keep()
            if answer.user is not None and answer.overdue:
                self.asking.ask(answer.user, answer.overdue)
        finally:
            if leads and name is not None:
                del self._making[name]
            flight.is_over.set()
        (_MADE if flight.was_kept else _PAST if answer.was_past else _OTHER).inc()

    async def _send(self, kept: Kept, question: Question, send: Send) -> None:
        is_known = kept.is_named_by(question.if_none_match)
        took = time.perf_counter() - question.asked_at
        body = b"" if is_known else kept.render(source="cache", is_past=False, took_seconds=took)
        headers = [*self._headers, *kept.sent_headers(source="cache", length=None if is_known else len(body))]
        await send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
