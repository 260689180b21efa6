"""One page: keyed, then stored, published and remembered in one transaction."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import structlog
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Page, Position, Resource, Seen, Step
from ingestor.sync import ledger, odd_pages, quarantine, refused, schedule, search, seen, unreadable
from ingestor.sync.keyed_rows import KeyedRows, key_rows
from ingestor.sync.log import Counts
from ingestor.sync.losses import Losses
from ingestor.sync.publish import Announcement
from ingestor.sync.salvage import NUL, salvage
from ingestor.sync.schedule import Lease
from ingestor.sync.search import Search
from ingestor.sync.shapes import Shapes, rows_to_look_at
from ingestor.sync.store import store
from ingestor.sync.unreadable import MostlyBroken
from ingestor.wb.errors import Unavailable, WbError

log = structlog.get_logger()

SMALL_BYTES = 16 * 1024
"""Larger bodies are read in a thread: where rows have to be mended it takes seconds, and leases are to be renewed."""

ANEW = Step({}, done=False, wait_seconds=1)
"""A reading that lost its memory of what it had read begins anew."""

UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


NEWS_BEFORE = timedelta(hours=1)
"""What came about so shortly before a range was asked for may not have been read as news yet."""

_LEARN_CURRENCY = text("""
    UPDATE cabinets SET currency = :currency
    WHERE cabinet_id = :cabinet_id AND status <> 'disconnected' AND currency IS DISTINCT FROM :currency
""")


@dataclass(slots=True)
class Run:
    """One run of a sync: `counts` are its own, `totals` those of the whole sync since `started_at`.

    `begins_anew`: it does not go on with a reading that an earlier run left unfinished; `began` is the position of the
    reading's first page, and `asked_before` how many of those who ask, the oldest, did so before it was asked for.
    `newly_quarantined` rows could not be read, and had not been met before; `suspected` rows are
    lost, if the next reading says so too; `odd` are the optional fields that were left out of some rows. `search` is
    what is asked instead of a call that WB refused. `shapes` are shown some rows. What came about before `news_since`
    is history (none: before the cabinet was connected).
    """

    lease: Lease
    resource: Resource
    started_at: datetime
    totals: Counts
    counts: Counts = field(default_factory=Counts)
    begins_anew: bool = True
    began: Position | None = None
    asked_before: int = 0
    newly_quarantined: int = 0
    suspected: int = 0
    odd: Counter[str] = field(default_factory=Counter)
    search: Search = field(default_factory=Search)
    rate: float = 1
    news_since: datetime | None = None
    shapes: Shapes | None = None

    @property
    def is_first(self) -> bool:
        """Whether its next page is the first of the reading."""
        return self.begins_anew or self.began is None

    @property
    def answers(self) -> int:
        """How many of those who ask, the oldest, the end of the reading answers: not who came while it went on."""
        return len(self.lease.requests) if self.is_first else self.asked_before

    def count_request(self, *, sent: bool, waited_seconds: float = 0) -> None:
        """Count a call of WB, unless our own budget kept it from being sent."""
        one = Counts(requests=int(sent), waited_seconds=waited_seconds)
        self.counts, self.totals = self.counts.plus(one), self.totals.plus(one)


def read(resource: Resource, body: bytes) -> Page:
    """The page in an answer.

    Raises:
        Unavailable: the answer is cut short, or not one of this method.
    """
    try:
        return resource.reading.read(body)
    except UNDECODABLE as error:
        salvaged = salvage(body)
        refused = Unavailable(f"{resource.method.name}: not the answer of this method ({error})")
        if salvaged is None:
            raise refused from error
    try:
        page = resource.reading.read(salvaged.body)
    except UNDECODABLE as error:
        raise refused from error
    rows = [salvaged.restored(raw) for raw in page.rows] if salvaged.set_aside else page.rows
    return replace(page, rows=rows, mended=salvaged.mended)


async def take_in(
    database: Database,
    run: Run,
    position: Position,
    body: bytes,
    observed_at: datetime,
    wb_now: datetime | None = None,
    unasked: WbError | None = None,
) -> Step:
    """Take a page in, which WB answered at `wb_now` by its own clock (unknown: by ours); what follows it.

    `unasked` is why WB cannot be asked about the one thing that the position is about: then the page is empty.

    Rows, history, events, quarantine, counts and cursor are one transaction. The number of its statements does not grow
    with the rows, but for two more for each `store.HELD` new ones.

    Raises:
        Unavailable: the answer is none of this method.
        LeaseLost: the run's lease is gone; nothing was written.
        MostlyBroken: most rows cannot be read. What could be is stored; the page is to be read again.
    """
    lease, resource = run.lease, run.resource
    work = partial(_read_and_keyed, resource, body, observed_at)
    page, keyed = work() if len(body) <= SMALL_BYTES else await asyncio.to_thread(work)
    async with database.transaction() as connection:
        await schedule.hold(connection, lease)
        told = announcement(run)
        unknown = len(keyed.broken)
        losses = _losses(connection, run)
        reconciled = ledger.Found.of(lease)
        on_change = told.add if reconciled is None else reconciled.listening(told.add)
        differing = await store(
            connection, resource, lease.cabinet_id, keyed, observed_at, on_change, losses, told.publish
        )
        if reconciled is not None:
            await reconciled.note(connection, resource, keyed)
        broken, repeated = len(keyed.broken), await _repeated(connection, run, keyed)
        rows, step = keyed.read(page.rows), ANEW
        shown = Seen(rows, keyed.marks, unknown, page.after, repeated or 0, len(keyed.keys), wb_now or observed_at)
        if repeated is not None:
            step = resource.reading.advance(position, shown)
            step = await _searched(connection, run, position, step, unasked)
        found = Counts(
            pages=int(unasked is None),
            rows_new=told.new,
            rows_changed=told.changed,
            rows_same=len(page.rows) - broken - told.new - told.changed,
            rows_quarantined=broken,
        )
        began, answers = position if run.is_first or run.began is None else run.began, run.answers
        from_here = _to_be_read_again(run, step, found, position, began)
        if from_here is None and step is not ANEW:
            await _tell_gone(connection, run, step, keyed, observed_at, told)
        await told.publish(connection)
        kept = keyed.broken if from_here is None else keyed.broken[: unreadable.KEPT]
        quarantined = await quarantine.put(connection, lease.cabinet_id, resource.name, kept, position)
        if from_here is None and resource.reading.again is not None:
            odd = odd_pages.odd_rows(resource, page, keyed, shown.latest)
            await odd_pages.note(connection, lease.cabinet_id, resource, position, shown, odd, rate=run.rate)
        found = replace(found, rows_gone=told.gone)
        totals = run.totals.plus(found) if from_here is None else run.totals
        # What is read again from its beginning counts from there.
        progress = None if from_here == began else {"began": began, **so_far(run, totals)}
        run.search = Search() if step.done and from_here is None else run.search
        cursor = search.stored(step.position if from_here is None else from_here, run.search)
        begun = answers if run.is_first else 0
        await schedule.save_page(connection, lease, cursor=cursor, progress=progress, rows_new=told.new, begun=begun)
    run.counts, run.totals = run.counts.plus(found), totals
    run.newly_quarantined += quarantined
    run.began, run.begins_anew, run.asked_before = began, False, answers
    if told.currency not in {None, lease.currency}:
        # On its own: whoever locks a cabinet and its sync takes the cabinet first.
        async with database.transaction() as connection:
            await connection.execute(_LEARN_CURRENCY, {"cabinet_id": lease.cabinet_id, "currency": told.currency})
        run.lease = replace(lease, currency=told.currency)
    _say_what_is_odd(run, keyed.odd)
    if run.shapes is not None:
        run.shapes.look(resource.method.name, rows_to_look_at(keyed, differing), resource.codes)
    if from_here is not None:
        raise MostlyBroken(
            unreadable.describe(found if from_here is position else run.totals.plus(found), keyed.broken)
        )
    return step


def _read_and_keyed(resource: Resource, body: bytes, observed_at: datetime) -> tuple[Page, KeyedRows]:
    page = read(resource, body)
    return page, key_rows(resource, page.rows, observed_at, may_hold_nul=NUL in body)


async def nothing_to_ask_about(database: Database, run: Run, observed_at: datetime) -> None:
    """Take in that there is nothing that a call could be about: so whatever is known is gone.

    Raises:
        LeaseLost: the run's lease is gone; nothing was written.
    """
    told = announcement(run)
    async with database.transaction() as connection:
        await schedule.hold(connection, run.lease)
        await _tell_gone(connection, run, Step({}, done=True, whole=True), KeyedRows(), observed_at, told)
        await told.publish(connection)
    found = Counts(rows_gone=told.gone)
    run.counts, run.totals = run.counts.plus(found), run.totals.plus(found)


def announcement(run: Run) -> Announcement:
    """What a run tells of its changes."""
    lease = run.lease
    return Announcement(
        run.resource,
        lease.cabinet_id,
        connected_at=run.news_since or lease.connected_at,
        first_load=not lease.first_load_done,
        currency=lease.currency,
        news_since=None if lease.range is None else lease.range.asked_at - NEWS_BEFORE,
    )


def _to_be_read_again(run: Run, step: Step, found: Counts, position: Position, began: Position) -> Position | None:
    """Where to read from again, if so much is broken that this is a failure.

    Where a call is about a part that is ours to choose, its page is no reason to keep off the parts behind it: what was
    read of all of them is, once they are through.
    """
    by_parts = run.resource.reading.parts is not None
    if not by_parts and unreadable.is_mostly(found):
        return position
    totals = run.totals.plus(found)
    if by_parts and not step.done:
        return None
    nothing_read = unreadable.nothing_was_read(run.resource, step, totals, first_load=not run.lease.first_load_done)
    return began if nothing_read or unreadable.is_mostly(totals) else None


def so_far(run: Run, totals: Counts) -> dict[str, Any]:
    """What the next run has to know of this sync, if it goes on."""
    return {"started_at": run.started_at.isoformat(), **totals.as_dict()}


def _say_what_is_odd(run: Run, found: Counter[str]) -> None:
    for name in found.keys() - run.odd.keys():
        log.warning("row.odd_field", resource=run.resource.name, field=name, rows=found[name])
    run.odd.update(found)


async def go_on_from(database: Database, run: Run, position: Position) -> None:
    """Go on from somewhere else than from where a page led."""
    async with database.transaction() as connection:
        await schedule.hold(connection, run.lease)
        progress = so_far(run, run.totals) | ({} if run.begins_anew else {"began": run.began})
        cursor = search.stored(position, run.search)
        await schedule.save_page(connection, run.lease, cursor=cursor, progress=progress, rows_new=0)


async def start_over(database: Database, run: Run) -> None:
    """Forget where the reading stood, and what it came to: the next run begins from the first subject, and counts anew.

    What this one could not read says nothing of the next.
    """
    async with database.transaction() as connection:
        await schedule.hold(connection, run.lease)
        await schedule.save_page(connection, run.lease, cursor={}, progress=None, rows_new=0)


async def _searched(
    connection: AsyncConnection, run: Run, position: Position, step: Step, unasked: WbError | None
) -> Step:
    """What follows in a search; what cannot be asked about is noted, and forgotten once it can be."""
    resource, cabinet_id = run.resource, run.lease.cabinet_id
    parts = [] if resource.reading.parts is None else [str(part) for part in resource.reading.parts(position)]
    if unasked is None:
        if parts:
            await refused.accepted(connection, cabinet_id, resource.name, parts)
        return search.after(resource, position, step, run.search)
    certain = run.search.is_certain(unasked, pages=run.totals.pages)
    if certain:
        log.warning("sync.set_aside", cabinet_id=str(cabinet_id), resource=resource.name, subject=parts[0])
        await refused.put(connection, cabinet_id, resource.name, parts[0], str(unasked), rate=run.rate)
        if resource.reading.subjects is None:
            # An id is looked up again, a day is passed only once.
            odd = {odd_pages.odd_row(parts[0].encode())}
            await odd_pages.note(connection, cabinet_id, resource, position, Seen(()), odd, rate=run.rate)
    return search.past(resource, position, step, run.search, unasked, certain=certain)


async def _repeated(connection: AsyncConnection, run: Run, keyed: KeyedRows) -> int | None:
    """How many of the rows this reading had before; none if it does not know any more what it had."""
    if run.resource.storage.when_gone is None or run.begins_anew:
        return 0
    return await seen.repeated(connection, run.resource, run.lease.cabinet_id, keyed.keys)


async def _tell_gone(
    connection: AsyncConnection, run: Run, step: Step, keyed: KeyedRows, observed_at: datetime, told: Announcement
) -> None:
    """Remember the rows of a page until the last one, which shows what is gone."""
    resource, cabinet_id, losses = run.resource, run.lease.cabinet_id, _losses(connection, run)
    if resource.storage.when_gone is None:
        return
    if not step.done:
        if run.begins_anew:
            await seen.begin(connection, resource, cabinet_id)
        await seen.add(connection, resource, cabinet_id, keyed.keys)
    elif step.whole:
        for change in await losses.gone(keyed.keys, observed_at):
            told.add(change)
        run.suspected = await losses.settle()
    if step.done and (run.lease.cursor or not run.begins_anew):
        await seen.forget(connection, resource, cabinet_id)


def _losses(connection: AsyncConnection, run: Run) -> Losses:
    return Losses(connection, run.resource, run.lease.cabinet_id, run.started_at)
