"""Reading a resource straight from WB: no server is needed, and nothing is stored.

The same calls within the same limits, paging and parsing as a sync, but the rows go to whoever asked. What another
process does with the same token is not known here: WB's answers tell.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from contracts.wb_token import TokenRefused, read_claims
from servicekit import clock
from servicekit.http import make_client

from ingestor.backoff import backoff_seconds
from ingestor.catalogue import about
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Key, Position, Resource, Seen, Start, Step, as_stored
from ingestor.settings import WbSettings
from ingestor.sync.keyed_rows import KeyedRows, key_rows
from ingestor.sync.lenient import UNREADABLE
from ingestor.sync.page import read
from ingestor.sync.quarantine import Broken
from ingestor.sync.reading import steps
from ingestor.sync.snapshots import snapshots
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access, Reply, WbClient
from ingestor.wb.errors import (
    BadRequest,
    MethodSwitchedOff,
    MustWait,
    PaymentRequired,
    ScopeRefused,
    TokenRejected,
    Unavailable,
    WbError,
)
from ingestor.wb.hosts import host_urls
from ingestor.wb.times import moment

ATTEMPTS = 3
"""Calls in a row without an answer, after which WB counts as not answering."""

PAGE_ROWS = 100_000
"""Rows asked of a page where a method lets us choose, up to its maximum."""

TOLD_FROM_SECONDS = 1.0
"""A shorter wait is not worth a line."""

NOBODY = UUID(int=0)


class WrongCall(Exception):
    """What is asked for does not exist, or cannot be had like that."""


class NotFetched(Exception):
    """WB gives no (more) rows; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read: since a moment (none: as far back as a first sync), about `ids`, `limit` rows at most."""

    resource: Resource
    since: datetime | None = None
    ids: tuple[int, ...] = ()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """Where it goes: a page's rows as JSON objects, its rows that could not be read, and how far it is."""

    rows: Callable[[Sequence[bytes]], None]
    quarantined: Callable[[Broken], None]
    progress: Callable[[str], None]


def wanted(name: str, *, since: str | None, ids: str | None, limit: int | None, now: datetime) -> Wanted:
    """What the words of a command line mean.

    Raises:
        WrongCall: there is no such resource, or it cannot be read like that.
    """
    resource = RESOURCES.get(name)
    if resource is None:
        width = max(map(len, RESOURCES))
        listed = "\n".join(f"  {each.name:{width}}  {about(each)}" for each in RESOURCES.values())
        raise WrongCall(f"there is no resource {name!r}; there are:\n{listed}")
    if resource.reading.subjects is None and ids:
        raise WrongCall(f"{name} is not asked for by ids")
    if resource.reading.subjects is not None and not ids:
        raise WrongCall(f"{name} is asked for by ids, and none are stored here: --ids 1,2,3")
    try:
        numbers = {int(each) for each in (ids or "").split(",") if each.strip()}
    except ValueError:
        raise WrongCall(f"--ids {ids}: numbers with commas between them are meant") from None
    return Wanted(resource, None if since is None else _begins(resource, since, now), tuple(sorted(numbers)), limit)


def _begins(resource: Resource, since: str, now: datetime) -> datetime:
    if resource.reading.since is None:
        raise WrongCall(f"{resource.name} cannot begin at a moment: WB gives all of it, or leads on by itself")
    try:
        at = moment(since)
    except ValueError as error:
        raise WrongCall(f"--since {since}: a date or a time is meant, 2026-11-21 or 2026-11-21T10:00:00") from error
    if at > now:
        raise WrongCall(f"--since {since} is yet to come")
    return at


def access_of(resource: Resource, token: str, now: datetime) -> Access:
    """Who calls, by what the token says of itself.

    Raises:
        NotFetched: such a token cannot read the resource.
    """
    category = resource.method.category
    try:
        claims = read_claims(token, now=now, required=frozenset({category} if category else ()))
    except TokenRefused as error:
        raise NotFetched(str(error)) from None
    if claims.kind in resource.method.closed_to:
        instead = [each.name for each in RESOURCES.values() if each.stands_in_for == resource.name]
        hint = f"; {' or '.join(instead)} may do instead" if instead else ""
        raise NotFetched(f"WB gives {resource.name} to no {claims.kind} token{hint}")
    return Access(claims.seller_id, claims.kind, token)


async def fetch(wanted: Wanted, token: str, settings: WbSettings, output: Output) -> int:
    """Read to the end, or to the limit; how many rows there were.

    Raises:
        NotFetched: WB does not let us, or does not answer.
    """
    access = access_of(wanted.resource, token, clock.now())
    async with make_client(timeout_seconds=settings.wb_api_timeout) as http:
        budget = Budget(None, rate=settings.wb_rate_limit)
        client = WbClient(http, host_urls(settings), budget, timeout_seconds=settings.wb_api_timeout)
        reading = _Reading(wanted, client, access, settings.wb_rate_limit, output)
        try:
            await reading.run()
        except WbError as error:
            raise NotFetched(_explained(wanted.resource, error)) from error
    return reading.rows


class _Reading:
    """One reading under way: what it had so far. A row is given out once, and again only if it changed meanwhile."""

    def __init__(self, wanted: Wanted, client: WbClient, access: Access, rate: float, output: Output) -> None:
        self.wanted = wanted
        self.client = client
        self.access = access
        self.rate = rate
        self.output = output
        self.rows = 0
        self.pages = 0
        self._digests: dict[Key, int] = {}
        self._broken: set[bytes] = set()
        plain = replace(wanted.resource.publishing, snapshot=as_stored, derived={})
        self._encode = snapshots(replace(wanted.resource, publishing=plain), NOBODY)

    async def run(self) -> None:
        resource = self.wanted.resource
        reading = steps(resource, self._first(), subjects=self._subjects, call=self._call, take_in=self._take_in)
        async with aclosing(reading) as taken:
            async for step in taken:
                if self._left() == 0:
                    return
                if step.wait_seconds and not step.done:
                    await self._wait(step.wait_seconds / self.rate, "until WB is ready")

    def _first(self) -> Position:
        resource, limit = self.wanted.resource, self.wanted.limit
        start = Start(clock.now(), sweep=True, page_rows=min(PAGE_ROWS, limit or PAGE_ROWS))
        position = resource.reading.begin(None, start)
        if self.wanted.since is not None and resource.reading.since is not None:
            position |= resource.reading.since(self.wanted.since)
        return position

    async def _subjects(self, position: Position) -> Sequence[int]:
        later = [each for each in self.wanted.ids if each > position.get("after", 0)]
        return later[: self.wanted.resource.reading.ids_at_once]

    async def _call(self, asked: dict[str, Any]) -> Reply:
        failures = 0
        while True:
            try:
                return await self.client.call(access=self.access, **asked, patience_seconds=0)
            except MustWait as error:
                await self._wait(error.seconds, "for WB's limit")
            except Unavailable as error:
                failures += 1
                if failures == ATTEMPTS:
                    raise
                await self._wait(max(backoff_seconds(failures), error.seconds), f"to try again ({error})")

    async def _take_in(self, position: Position, reply: Reply) -> Step:
        resource, now = self.wanted.resource, clock.now()
        page = read(resource, reply.body)
        keyed = key_rows(resource, page.rows, now)
        unknown = len(keyed.broken)
        repeated = sum(key in self._digests for key in keyed.keys)
        rows = list(self._unseen(keyed, now))
        self.rows += len(rows)
        self.pages += 1
        self.output.rows(rows)
        for each in keyed.broken:
            if each.body not in self._broken:
                self._broken.add(each.body)
                self.output.quarantined(each)
        self.output.progress(f"page {self.pages}, {self.rows} rows")
        for name, count in keyed.odd.items():
            self.output.progress(f"{name} is odd in {count} rows, and left out")
        rows_read = keyed.read(page.rows)
        seen = Seen(
            rows_read,
            keyed.marks,
            unknown,
            page.after,
            repeated,
            distinct=len(keyed.keys),
            wb_now=reply.wb_now or now,
        )
        return resource.reading.advance(position, seen)

    def _unseen(self, keyed: KeyedRows, now: datetime) -> Iterator[bytes]:
        left = self._left()
        for raw, key, digest in zip(keyed.rows, keyed.keys, keyed.digests, strict=True):
            if left == 0:
                return
            if self._digests.get(key) == digest:
                continue
            try:
                row = self._encode(self.wanted.resource.storage.parse(raw, now))
            except UNREADABLE:
                better = keyed.mend(self.wanted.resource, raw, now)
                if better is None:
                    continue
                row = self._encode(self.wanted.resource.storage.parse(better, now))
            self._digests[key] = digest
            left -= 1
            yield row

    def _left(self) -> int:
        return -1 if self.wanted.limit is None else self.wanted.limit - self.rows

    async def _wait(self, seconds: float, why: str) -> None:
        if seconds >= TOLD_FROM_SECONDS:
            self.output.progress(f"waiting {seconds:.0f} s {why}")
        await asyncio.sleep(seconds)


def _explained(resource: Resource, error: WbError) -> str:
    category = resource.method.category
    match error:
        case TokenRejected():
            return f"WB refuses the token ({error})"
        case PaymentRequired():
            return f"the seller's balance for WB's own services is empty ({error})"
        case ScopeRefused():
            needs = f"; its category is {category}" if category else ""
            return f"the token may not read {resource.name}{needs} ({error})"
        case MethodSwitchedOff():
            return f"WB has switched {resource.name} off for now ({error})"
        case BadRequest():
            return f"WB does not understand what it was asked ({error})"
        case _:
            return f"WB does not answer ({error})"


def command(
    name: str, *, token: str | None, since: str | None, ids: str | None, limit: int | None, progress: bool
) -> int:
    """Fetch to stdout, and to stderr what is not a row; the exit code: 1 if WB gives nothing, 2 for a wrong call."""
    try:
        asked = wanted(name, since=since, ids=ids, limit=limit, now=clock.now())
        output = Output(_print_rows, _print_quarantined, _print_line if progress else lambda _: None)
        asyncio.run(fetch(asked, _given(token), WbSettings.from_environment(), output))
    except WrongCall as error:
        _print_line(str(error))
        return 2
    except NotFetched as error:
        _print_line(str(error))
        return 1
    except BrokenPipeError:
        # Whoever read it has enough. What is still buffered must not fail at the end of the process.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.dup2(nowhere, sys.stderr.fileno())
    except KeyboardInterrupt:
        return 130
    return 0


def _given(token: str | None) -> str:
    if not token or not token.strip():
        raise WrongCall("a token is needed: --token, or WB_TOKEN in the environment")
    return token.strip()


def _print_rows(rows: Sequence[bytes]) -> None:
    if rows:
        sys.stdout.buffer.write(b"\n".join(rows) + b"\n")
        sys.stdout.buffer.flush()


def _print_quarantined(each: Broken) -> None:
    line = {"quarantined": each.body.decode(errors="replace"), "reason": each.reason}
    _print_line(msgspec.json.encode(line).decode())


def _print_line(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
