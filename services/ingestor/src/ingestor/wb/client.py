"""Calling WB: within its limits, bounded in time and size, every failure typed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from contracts.wb_token import TokenKind
from servicekit import clock
from servicekit.http import Answer, fetch

from ingestor.metrics import count_wb_request, observe_wb_wait
from ingestor.wb.bodies import in_utf8
from ingestor.wb.budget import Budget, Ticket
from ingestor.wb.errors import MustWait, NothingThere, RateLimited, Unavailable, WbError, error_of, what_wb_said
from ingestor.wb.health import Health
from ingestor.wb.hosts import Host
from ingestor.wb.methods import COSTLY_4XX_CALLS, Method
from ingestor.wb.tracing import calling, waited
from ingestor.wb.waits import MAX_SECONDS, moment_of, told_seconds

MAX_BODY_BYTES = 100 * 1024 * 1024
"""A page of 80,000 orders is 50 MB."""

WHOLE_CALL_FACTOR = 10
"""A body may trickle in many steps, each within the time-out; all of them together end at this many."""

GLOBAL_LIMIT_TEXT = "global limiter"
GLOBAL_LIMIT_SECONDS = 45.0
"""WB never says how long its limit over all methods lasts; seconds to tens of seconds were seen."""


LONGEST_SKEW = timedelta(days=1)
"""A clock of WB's that is further from ours is no clock."""

DOWN_SECONDS = 15 * 60.0
"""The longest that a WB which is down is left alone because it says so."""

_NOTHING = frozenset({b"", b"null", b'""'})


@dataclass(frozen=True, slots=True)
class Access:
    """Who calls: whose budget, what kind of token, and the token, which no repr shows."""

    seller_id: UUID
    kind: TokenKind
    token: str

    def __repr__(self) -> str:
        return f"Access({self.seller_id}, {self.kind})"


@dataclass(frozen=True, slots=True)
class Reply:
    """The body of an answer, empty where WB has nothing; how long the budget made us wait for it; WB's own clock."""

    body: bytes
    waited_seconds: float
    wb_now: datetime | None = None


class WbClient:
    """Calls WB's methods for any seller."""

    def __init__(
        self, http: httpx.AsyncClient, urls: Mapping[Host, str], budget: Budget, *, timeout_seconds: float
    ) -> None:
        self._http = http
        self._urls = urls
        self._budget = budget
        self._wb_ahead: dict[Host, timedelta] = {}
        self.health = Health()
        self.longest_seconds = timeout_seconds * WHOLE_CALL_FACTOR
        """How long a call may take."""

    async def call(
        self,
        method: Method,
        access: Access,
        *,
        path: Mapping[str, str | int] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        backfill: bool = False,
        patience_seconds: float = 1.0,
    ) -> Reply:
        """Call once, and note how the method fares. `path` fills in the placeholders of the method's path.

        Raises:
            MustWait: our budget, or (`RateLimited`) WB itself, wants us to come later.
            TokenRejected, PaymentRequired, ScopeRefused, MethodSwitchedOff, BadRequest, Unavailable
        """
        try:
            with calling(method.name, method.host, backfill=backfill):
                reply = await self._call(
                    method,
                    access,
                    path=path,
                    params=params,
                    json=json,
                    backfill=backfill,
                    patience_seconds=patience_seconds,
                )
        except WbError as error:
            self.health.failed(method.name, access.seller_id, error)
            raise
        self.health.answered(method.name)
        return reply

    async def _call(
        self,
        method: Method,
        access: Access,
        *,
        path: Mapping[str, str | int] | None,
        params: Mapping[str, str] | None,
        json: Any,
        backfill: bool,
        patience_seconds: float,
    ) -> Reply:
        request = self._http.build_request(
            method.verb,
            self._urls[method.host] + _filled(method, path or {}),
            params=params,
            json=json,
            headers={"Authorization": access.token},
        )
        try:
            ticket = await self._budget.take(
                access.seller_id, method, access.kind, backfill=backfill, patience_seconds=patience_seconds
            )
        except MustWait as later:
            observe_wb_wait(method.host, later.seconds)
            raise
        observe_wb_wait(method.host, ticket.waited_seconds)
        waited(ticket.waited_seconds)
        status: int | None = None
        try:
            async with asyncio.timeout(self.longest_seconds):
                answer = await fetch(self._http, request, max_bytes=MAX_BODY_BYTES)
            status = answer.status
        except TimeoutError as error:
            raise Unavailable(f"{method.name}: no whole answer in {self.longest_seconds:.0f} s") from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise Unavailable(f"{method.name}: {type(error).__name__}") from error
        finally:
            count_wb_request(method.name, status)
            # Without an answer the call may have counted all the same.
            await self._budget.settle(ticket)
        wb_now = self._wb_now(method.host, answer)
        await self._obey(method, ticket, answer, wb_now)
        match error_of(answer.status, answer.body):
            case None:
                body = in_utf8(answer.body, answer.headers.get("content-type", ""))
            case NothingThere():
                body = b""
            case Unavailable() as unavailable:
                told = told_seconds(answer.headers, "Retry-After", longest=DOWN_SECONDS, wb_now=wb_now)
                unavailable.seconds = told or 0
                raise unavailable
            case refusal:
                raise refusal
        if len(body) < 64 and body.strip() in _NOTHING:
            body = b""
        elif body.lstrip()[:1] not in {b"{", b"["}:
            raise Unavailable(f"{method.name}: {answer.status} with {what_wb_said(body)}")
        return Reply(body, ticket.waited_seconds, moment_of(answer.headers.get("Date", "")))

    def _wb_now(self, host: Host, answer: Answer) -> datetime | None:
        """What a host's clock shows, by this answer or by one before; none if it never said so."""
        said, now = moment_of(answer.headers.get("Date", "")), clock.now()
        if said is not None and abs(said - now) < LONGEST_SKEW:
            self._wb_ahead[host] = said - now
        ahead = self._wb_ahead.get(host)
        return None if ahead is None else now + ahead

    async def _obey(self, method: Method, ticket: Ticket, answer: Answer, wb_now: datetime | None) -> None:
        interval_seconds = ticket.method.interval / 1_000_000
        if answer.status == httpx.codes.TOO_MANY_REQUESTS:
            said = what_wb_said(answer.body)
            longest = max(MAX_SECONDS / self._budget.rate, interval_seconds)
            told = told_seconds(answer.headers, "X-Ratelimit-Retry", "Retry-After", longest=longest, wb_now=wb_now)
            if GLOBAL_LIMIT_TEXT in said:
                wait = max(told or 0, GLOBAL_LIMIT_SECONDS / self._budget.rate)
                await self._budget.settle(ticket, gate_blocked_seconds=wait)
            else:
                wait = told or interval_seconds
                await self._budget.settle(ticket, blocked_seconds=wait)
            raise RateLimited(f"429: {said}", wait)
        if method.costly_4xx and 400 <= answer.status < 500:
            await self._budget.settle(ticket, calls=COSTLY_4XX_CALLS)
        elif answer.headers.get("X-Ratelimit-Remaining") == "0":
            # Reset is when the bucket is full; the next call is there after one interval at the latest.
            reset = told_seconds(answer.headers, "X-Ratelimit-Reset", wb_now=wb_now) or interval_seconds
            await self._budget.settle(ticket, blocked_seconds=min(reset, interval_seconds))


def _filled(method: Method, values: Mapping[str, str | int]) -> str:
    return method.path.format_map({name: quote(str(value), safe="") for name, value in values.items()})
