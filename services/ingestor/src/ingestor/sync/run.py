"""One run of one sync: page after page from WB into the database, in one trace."""

import math
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from opentelemetry.trace import Status, StatusCode
from servicekit import clock, outbox
from servicekit.crypto import unseal
from servicekit.faults import is_ours
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import doubts
from ingestor.metrics import count_run
from ingestor.refusals import ALL_REASONS
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Position, Start, Step
from ingestor.sync import (
    activity,
    beginning,
    cabinet_syncs,
    endings,
    other_source,
    pace,
    page,
    ranges,
    schedule,
    search,
    unreadable,
)
from ingestor.sync import log as sync_log
from ingestor.sync.again import ask_again
from ingestor.sync.instead import instead
from ingestor.sync.lateness import late_after_seconds
from ingestor.sync.log import Counts
from ingestor.sync.page import Run
from ingestor.sync.reading import steps
from ingestor.sync.schedule import Ending, Lease, LeaseLost
from ingestor.sync.tools import Tools
from ingestor.sync.tracing import page_span, running_span
from ingestor.sync.unreadable import MostlyBroken
from ingestor.wb.client import Access, Reply
from ingestor.wb.errors import BadRequest, MustWait, RateLimited, WbError

log = structlog.get_logger()

TURN_SECONDS = 10.0
"""A run longer than this goes back into the queue between two pages, so that others have their turn."""

OUTAGE_SECONDS = 5.0
"""What our database or Redis kept from its end comes again by then: no failure of the sync, and nobody is told."""

SCARCE_SECONDS = 10 * 60
"""Where WB gives back a call in so long, none is given to history beside news."""

NOTHING_YET_SECONDS = 5 * 60
"""A reading of subjects that found none of them comes again by then."""


async def run(lease: Lease, tools: Tools) -> float | None:
    """Run once and store how it ended; seconds until the next run, none if its lease was lost."""
    with running_span("sync", lease) as span:
        started_at, begun = clock.now(), time.monotonic()
        this = _begin(lease, started_at)
        try:
            ending = await ending_of(this, tools, partial(_read, this, tools, started_at))
            if ending.error:
                span.set_status(Status(StatusCode.ERROR, ending.error))
            await _note_activity(this, tools)
            next_run_at = await _finish(this, tools, ending, started_at, time.monotonic() - begun)
        except LeaseLost:
            log.warning("sync.lease_lost", cabinet_id=str(lease.cabinet_id), resource=lease.resource)
            return None
    return (next_run_at - clock.now()).total_seconds()


def _begin(lease: Lease, now: datetime) -> Run:
    progress = dict(lease.progress or {})
    started_at = datetime.fromisoformat(progress.pop("started_at")) if progress else now
    began = progress.pop("began", None)
    totals, asked_before = Counts(**progress), sum(schedule.BEGUN in request for request in lease.requests)
    return Run(lease, RESOURCES[lease.resource], started_at, totals, began=began, asked_before=asked_before)


async def ending_of(this: Run, tools: Tools, read: Callable[[], Awaitable[Ending]]) -> Ending:
    """How a reading ends, whatever becomes of it.

    Raises:
        LeaseLost: the run's lease is gone.
    """
    lease = this.lease
    try:
        return await read()
    except LeaseLost:
        raise
    except tuple(ALL_REASONS) as error:
        return endings.refused(lease, ALL_REASONS[type(error)], str(error), rate=tools.rate)
    except WbError as error:
        return endings.of_error(lease, error, attempts=tools.attempts)
    except MostlyBroken as error:
        return endings.failed(
            lease, str(error), attempts=tools.attempts, longest=endings.MOSTLY_BROKEN_SECONDS / tools.rate
        )
    except Exception as error:
        log.exception("sync.crashed", cabinet_id=str(lease.cabinet_id), resource=lease.resource)
        what = f"{type(error).__name__} in Pulse"
        if await is_ours(error, tools.database):
            return endings.paused(lease, OUTAGE_SECONDS, error=what, may_hurry=False)
        return endings.failed(lease, what, attempts=tools.attempts)


async def _read(this: Run, tools: Tools, started_at: datetime) -> Ending:
    lease, resource = this.lease, this.resource
    call = caller(this, tools, backfill=lease.trigger == "first_load")
    sweep = bool(lease.requests) or lease.sweep_is_due
    begun = time.monotonic()
    start = Start(started_at, sweep, tools.page_rows, tools.rate, _newest(this, tools))
    cursor, this.search = search.loaded(lease.cursor)
    this.rate, this.shapes = tools.rate, tools.shapes
    this.news_since = await other_source.news_since(tools.database, lease)
    position = beginning.begin(resource, cursor, start)
    this.begins_anew = not cursor or not lease.progress or not beginning.goes_on(resource, cursor, position)

    while await ask_again(tools.database, this, call):
        if time.monotonic() - begun > TURN_SECONDS:
            return endings.paused(lease)

    async def take_in(position: Position, reply: Reply) -> Step:
        with page_span(this, reply.body):
            return await page.take_in(tools.database, this, position, reply.body, clock.now(), reply.wb_now)

    async def refused(position: Position, error: WbError) -> Step:
        return await instead(tools.database, this, position, error, start)

    of_call = partial(subjects, this, tools)
    reading = steps(resource, position, subjects=of_call, call=call, take_in=take_in, refused=refused)
    async with aclosing(reading) as taken:
        async for step in taken:
            if step.done:
                return _completed(this, tools, begun)
            if step.wait_seconds:
                wait = step.wait_seconds / tools.rate
                return endings.paused(lease, wait, may_hurry=False, waits_for="wildberries")
            if time.monotonic() - begun > TURN_SECONDS:
                return endings.paused(lease)
    if not this.totals.pages and this.search.back is None:
        await page.nothing_to_ask_about(tools.database, this, clock.now())
    await page.start_over(tools.database, this)
    if unreadable.is_mostly(this.totals):
        raise MostlyBroken(unreadable.describe(this.totals, ()))
    if this.search.back is not None and not this.totals.pages:
        raise BadRequest(this.search.reason)
    # What it asks about may be on its way: it need not miss that by a whole refresh.
    soon = math.inf if this.totals.pages else NOTHING_YET_SECONDS / tools.rate
    return _completed(this, tools, begun, within_seconds=soon)


def caller(this: Run, tools: Tools, *, backfill: bool) -> Callable[[dict[str, Any]], Awaitable[Reply]]:
    """Calls WB for a run, and counts its calls; `backfill` leaves some to news."""
    lease = this.lease
    token = unseal(lease.sealed_token, private_keys=tools.private_keys, belongs_to=str(lease.cabinet_id))
    access = Access(lease.seller_id, lease.kind, token)

    async def call(asked: dict[str, Any]) -> Reply:
        try:
            reply = await tools.client.call(access=access, **asked, backfill=backfill)
        except WbError as error:
            this.count_request(sent=not isinstance(error, MustWait) or isinstance(error, RateLimited))
            raise
        this.count_request(sent=True, waited_seconds=reply.waited_seconds)
        return reply

    return call


async def subjects(this: Run, tools: Tools, position: Position) -> Sequence[Any]:
    """What the next call of a run is about; none: nothing is left."""
    find = this.resource.reading.subjects
    async with tools.database.transaction() as connection:
        return [] if find is None else await find(connection, this.lease.cabinet_id, position)


def _newest(this: Run, tools: Tools) -> timedelta:
    """What a first load reads before news are; all of it where WB permits a call in hours, which may have all rows."""
    interval = tools.budget.interval_seconds(this.resource.method, this.lease.kind)
    return tools.newest if interval * tools.rate < SCARCE_SECONDS else timedelta.max


def _completed(this: Run, tools: Tools, begun: float, *, within_seconds: float = math.inf) -> Ending:
    wait = min(pace.until_next(this, tools) - (time.monotonic() - begun), within_seconds)
    late = late_after_seconds(this.resource.name, pace.cadence_of(this, tools).seconds)
    return endings.completed(this, next_in_seconds=wait, late_seconds=late)


def _fails_for_all(this: Run, tools: Tools) -> bool:
    """Whether WB answers nobody: then it is not told for each resource of each cabinet."""
    return tools.client.health.fails_for_all(this.resource.method.name)


async def _note_activity(this: Run, tools: Tools) -> None:
    if not activity.is_sign(this, rate=tools.rate):
        return
    async with tools.database.transaction() as connection:
        await activity.note(connection, this.lease.cabinet_id)
    this.lease = replace(this.lease, idle_seconds=0, is_slow=False)


async def _stand_in(connection: AsyncConnection, this: Run, ending: Ending) -> None:
    """Call the resources in that stand in for one that cannot be read, until it can be."""
    stand_ins = [each.name for each in RESOURCES.values() if each.stands_in_for == this.resource.name]
    if not stand_ins:
        return
    if ending.suspended_reason is not None:
        await cabinet_syncs.call_in(connection, this.lease.cabinet_id, stand_ins)
    elif ending.completed:
        await cabinet_syncs.send_home(connection, this.lease.cabinet_id, stand_ins)


async def _finish(this: Run, tools: Tools, ending: Ending, started_at: datetime, duration_seconds: float) -> datetime:
    lease, for_all = this.lease, _fails_for_all(this, tools)
    async with tools.database.transaction() as connection:
        if ending.doubt is not None:
            # Before the row of the sync: whoever locks both, a disconnection too, takes the cabinet first.
            await doubts.doubt(connection, lease.cabinet_id, ending.doubt, rate=tools.rate)
        accepted = endings.is_accepted(this, ending)
        is_told = endings.is_told(lease, ending, attempts=tools.attempts, for_all=for_all)
        next_run_at = await schedule.finish(
            connection, lease, ending, accepted=accepted, failing_told=is_told, every=pace.cadence_of(this, tools)
        )
        if endings.has_resumed(this, ending):
            await cabinet_syncs.retry_suspended(connection, lease.cabinet_id)
        await _stand_in(connection, this, ending)
        if ending.completed and not lease.first_load_done:
            first = Start(this.started_at, sweep=True, page_rows=tools.page_rows, newest=_newest(this, tools))
            await ranges.ask_for_older(connection, lease, this.resource, first)
        told = endings.events(this, ending, next_run_at, failing_told=is_told)
        await outbox.append(connection, list(told))
        await sync_log.write(
            connection,
            lease,
            this.counts,
            outcome=ending.outcome,
            error=ending.error,
            started_at=started_at,
            duration_seconds=duration_seconds,
        )
    count_run(lease.resource, ending.outcome, this.counts.as_dict())
    if ending.outcome in {"failed", "refused", "suspended"}:
        # That WB is down is one warning, and not one for each of these.
        tell = log.info if for_all and ending.unavailable else log.warning
        tell("sync.failed", cabinet_id=str(lease.cabinet_id), resource=lease.resource, error=ending.error)
    return next_run_at
