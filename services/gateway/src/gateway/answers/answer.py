"""One read while it is answered: what a route says of its answer goes through here."""

import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel
from servicekit import clock
from servicekit.cache import Cache, CacheAway
from starlette.responses import Response
from starlette.types import Scope

from contracts import cache_keys
from gateway.answers.access import Access
from gateway.answers.kept import Kept, Source
from gateway.exports.formats import may_be_a_file
from gateway.freshness import Freshness
from gateway.keys import Grant

SCOPE_NAME = "gateway.answer"
"""Where a request's `Answer` is in its ASGI scope."""

MAX_KEPT_BYTES = 1024 * 1024
MAX_QUESTION_LENGTH = 512
"""What is asked at greater length is answered, and not kept."""

KEPT_BESIDE_SECONDS = 60 * 60
"""An answer past its time stays so much longer, for when the database is away."""


class Sent:
    """What a request's headers say; of those that are sent twice the first counts."""

    def __init__(self, scope: Scope) -> None:
        self._values: dict[bytes, bytes] = dict(reversed(scope["headers"]))

    def first(self, name: bytes) -> str | None:
        value = self._values.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def key(self) -> str | None:
        """Or an access token."""
        scheme, _, bearer = (self.first(b"authorization") or "").partition(" ")
        return (bearer if scheme.lower() == "bearer" else "") or self.first(b"x-api-key")

    @property
    def named_user(self) -> str | None:
        return self.first(b"x-telegram-user-id")


class Question(NamedTuple):
    """What a request asks, and who says to ask it."""

    path: str
    target: str
    """Path and query."""
    key: str | None
    """Or an access token."""
    named_user: str | None
    if_none_match: str | None
    is_of_a_file: bool
    """Perhaps a file is asked for: it is not kept, and nobody waits for it."""
    asked_at: float
    """By `time.perf_counter`."""

    @classmethod
    def of(cls, scope: Scope) -> "Question":
        headers = Sent(scope)
        query = scope["query_string"]
        return cls(
            path=scope["path"],
            target=f"{scope['path']}?{query.decode('latin-1')}" if query else scope["path"],
            key=headers.key,
            named_user=headers.named_user,
            if_none_match=headers.first(b"if-none-match"),
            is_of_a_file=may_be_a_file(query, headers.first(b"accept")),
            asked_at=time.perf_counter(),
        )


class Answer:
    """A route names the tags of what it reads before it reads it, and gives the data: `depends_on`, then `of`.

    The caller's memberships are among the tags already.
    """

    cabinets: tuple[UUID, ...]
    """Those that the caller may see."""

    def __init__(self, question: Question, access: Access, cache: Cache) -> None:
        self.question = question
        self._access = access
        self._cache = cache
        self._versions: dict[str, str] = {}
        self._opened_at = clock.now()
        self.grant: Grant | None = None
        self.is_known = False
        """Whether it was found out, for this request, what the key allows: `grant`, or else nothing."""
        self.failure: Exception | None = None
        """Why it could not be found out."""
        self.kept_as: str | None = None
        """The key to keep it under; none: it cannot be kept."""
        self.foreseen: Mapping[str, str] = {}
        """Versions of tags that had them before anything was read."""
        self.members_version: str | None = None
        self.past: Kept | None = None
        """What was kept and is past its time: better than nothing."""
        self.was_past = False
        """Whether that was the answer."""
        self._made: Kept | None = None
        self._keep_seconds = 0
        self.overdue: frozenset[tuple[UUID, str]] = frozenset()
        """What it was made from and should have been read since, as `Freshness` has it."""
        self.user: int | None = None
        """Who asks, once that is known."""

    async def open(self, user: int) -> None:
        """See which cabinets the caller may see."""
        self.user = user
        tag = cache_keys.members_tag(user)
        remembered = self._access.memberships.get(user)
        if remembered and remembered.is_young and remembered.version == self.members_version:
            self._versions[tag] = remembered.version
            self.cabinets = remembered.value
            return
        await self.depends_on(tag)
        self.cabinets = await self._access.read_cabinets(user)
        if tag in self._versions:
            self._access.memberships.put(user, self.cabinets, self._versions[tag])

    async def depends_on(self, *tags: str) -> None:
        """The answer is stale once one of these tags is invalidated. Say so before reading what the tags tell of."""
        if self.kept_as is None:
            return
        try:
            # A tag named twice keeps the version it had first: something may have been read since.
            self._versions = {**{tag: self.foreseen[tag] for tag in tags if tag in self.foreseen}, **self._versions}
            self._versions |= await self._cache.versions([tag for tag in tags if tag not in self._versions])
        except CacheAway:
            self.kept_as = None

    def of(
        self,
        data: BaseModel | bytes,
        *,
        keep_seconds: int = 0,
        age: Freshness | None = None,
        more: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The response: `data` (bytes are JSON already) in its form, kept for so long if nothing of it changes.

        Without an `age` it is as old as the request. `more` are members of `meta` that are the answer's own.
        """
        self.overdue = age.overdue if age else frozenset()
        made = Kept.made(
            data if isinstance(data, bytes) else data.model_dump_json().encode(),
            more=more or {},
            headers=headers or {},
            age=age or Freshness(self._opened_at, stale=False),
            past_after=self._opened_at.timestamp() + keep_seconds,
        )
        if keep_seconds and self.kept_as is not None and len(made.data) <= MAX_KEPT_BYTES:
            self._made, self._keep_seconds = made, keep_seconds
        return self._response(made, is_past=False)

    def listed(
        self,
        rows: Iterable[BaseModel],
        *,
        next_cursor: str | None,
        keep_seconds: int = 0,
        age: Freshness | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """As `of`, for a page of a list."""
        data = b"[%s]" % b",".join(row.model_dump_json().encode() for row in rows)
        return self.of(data, keep_seconds=keep_seconds, age=age, more={"next_cursor": next_cursor}, headers=headers)

    def past_response(self) -> Response | None:
        """What was kept and is past its time, marked as such; for when nothing newer can be had."""
        if self.past is None:
            return None
        self.was_past = True
        return self._response(self.past, is_past=True)

    async def keep(self) -> bool:
        """Keep what was made, if anything was that can be kept; whether it was."""
        if self._made is None or self.kept_as is None:
            return False
        return await self._cache.keep(
            self.kept_as,
            self._made.encode(),
            versions=self._versions,
            ttl_seconds=self._keep_seconds + KEPT_BESIDE_SECONDS,
        )

    def _response(self, kept: Kept, *, is_past: bool) -> Response:
        source: Source = "cache" if is_past else "database"
        if kept.is_named_by(self.question.if_none_match):
            return _sent(304, b"", kept.sent_headers(source=source, length=None))
        took = time.perf_counter() - self.question.asked_at
        body = kept.render(source=source, is_past=is_past, took_seconds=took)
        return _sent(200, body, kept.sent_headers(source=source, length=len(body)))


def _sent(status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> Response:
    response = Response(body, status)
    response.raw_headers = headers
    return response
