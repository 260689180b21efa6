"""One turn of a range: page after page of its windows, as a sync reads its own."""

import time
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from contracts.syncs import SyncProgressV1
from opentelemetry.trace import Status, StatusCode
from servicekit import clock, outbox

from ingestor.causes import make_event
from ingestor.metrics import count_run
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Position, Resource, Start, Step
from ingestor.sync import endings, page, range_turns, ranged, ranges, run, search
from ingestor.sync import log as sync_log
from ingestor.sync.instead import instead
from ingestor.sync.log import Counts
from ingestor.sync.page import Run
from ingestor.sync.range_turns import Turned
from ingestor.sync.reading import steps
from ingestor.sync.schedule import Ending, Lease, LeaseLost
from ingestor.sync.tools import Tools
from ingestor.sync.tracing import page_span, running_span
from ingestor.wb.client import Reply
from ingestor.wb.errors import BadRequest, WbError

log = structlog.get_logger()


async def run_range(lease: Lease, tools: Tools) -> float | None:
    """Read on and store how the turn ended; seconds until the next, none if there is none, or its lease was lost."""
    with running_span("range", lease) as span:
        now, begun = clock.now(), time.monotonic()
        resource = RESOURCES[lease.resource]
        start = Start(now, sweep=True, page_rows=tools.page_rows, rate=tools.rate)
        progress = dict(lease.progress or {})
        began = progress.pop("began", None)
        started_at = datetime.fromisoformat(progress.pop("started_at")) if progress else now
        this = Run(lease, ranged.ranged(resource, start), started_at, Counts(**progress), began=began, rate=tools.rate)
        try:
            ending = await run.ending_of(this, tools, partial(_read_on, this, tools, resource, start))
            if ending.error:
                span.set_status(Status(StatusCode.ERROR, ending.error))
            return await _finish(this, tools, ending, now, time.monotonic() - begun)
        except LeaseLost:
            log.warning("range.lease_lost", cabinet_id=str(lease.cabinet_id), resource=lease.resource)
            return None


async def _read_on(this: Run, tools: Tools, resource: Resource, start: Start) -> Ending:
    try:
        return await _read(this, tools, resource, start)
    except BadRequest as error:
        # A question that WB does not understand is no outage.
        ending = endings.failed(this.lease, str(error), attempts=tools.attempts)
        return replace(ending, hopeless=ending.failures >= search.LASTING)


async def _read(this: Run, tools: Tools, resource: Resource, start: Start) -> Ending:
    lease, begun = this.lease, time.monotonic()
    call = run.caller(this, tools, backfill=True)
    position = _first(this, resource, start)

    async def take_in(at: Position, reply: Reply) -> Step:
        with page_span(this, reply.body):
            return await page.take_in(tools.database, this, at, reply.body, clock.now(), reply.wb_now)

    async def refused(at: Position, error: WbError) -> Step:
        return await instead(tools.database, this, at, error, start)

    subjects = partial(run.subjects, this, tools)
    while position is not None:
        reading = steps(this.resource, position, subjects=subjects, call=call, take_in=take_in, refused=refused)
        async with aclosing(reading) as taken:
            async for step in taken:
                position = step.position
                if step.done:
                    return _completed(lease)
                if time.monotonic() - begun > run.TURN_SECONDS or await range_turns.must_yield(tools.database, lease):
                    return endings.paused(lease)
        # Nothing (more) is to be asked about in this window.
        position = ranged.following(resource, position, start)
        if position is not None:
            await page.go_on_from(tools.database, this, position)
    return _completed(lease)


def _first(this: Run, resource: Resource, start: Start) -> Position | None:
    """Where the turn goes on: at the beginning of a window that was left long ago, or stands where nobody can go on."""
    assert this.lease.range is not None  # noqa: S101
    position, this.search = search.loaded(this.lease.cursor)
    if position is None:
        return ranged.first(resource, (this.lease.range.since, this.lease.range.until), start)
    if not position[ranged.WINDOWS]:
        return None
    is_under_way = len(position) > 1 and not this.lease.range.stale
    return position if is_under_way else ranged.begun_anew(resource, position, start)


def _completed(lease: Lease) -> Ending:
    return Ending("completed", 0, 0, completed=True)


async def _finish(this: Run, tools: Tools, ending: Ending, now: datetime, duration_seconds: float) -> float | None:
    lease = this.lease
    method = this.resource.method
    interval = tools.budget.interval_seconds(method, lease.kind) * lease.sharing
    async with tools.database.transaction() as connection:
        turned = await range_turns.finish(connection, lease, ending, interval_seconds=interval, rate=tools.rate)
        # Nobody waits for a night: what it found is told when it is settled.
        is_night = lease.trigger == ranges.RECONCILIATION
        if not is_night and (turned.has_ended or (turned.is_told and this.counts.pages)):
            await outbox.append(connection, [make_event(_told(this, turned, ending), lease.cabinet_id)])
        await sync_log.write(
            connection,
            lease,
            this.counts,
            outcome=ending.outcome,
            error=ending.error,
            started_at=now,
            duration_seconds=duration_seconds,
        )
    count_run(lease.resource, ending.outcome, this.counts.as_dict())
    if ending.error is not None:
        log.warning("range.failed", cabinet_id=str(lease.cabinet_id), resource=lease.resource, error=ending.error)
    return None if turned.has_ended else (turned.next_run_at - now).total_seconds()


def _told(this: Run, turned: Turned, ending: Ending) -> SyncProgressV1:
    assert this.lease.range is not None  # noqa: S101
    return SyncProgressV1.model_validate(
        {
            "range_id": this.lease.range.id,
            "resource": this.lease.resource,
            "why": this.lease.range.why,
            "state": turned.state,
            "since": this.lease.range.since,
            "until": this.lease.range.until,
            "percent": turned.percent,
            "rows": this.totals.rows,
            "rows_new": this.totals.rows_new,
            "rows_changed": this.totals.rows_changed,
            "seconds_left": turned.seconds_left,
            "reason": ending.error if turned.state == "failed" else None,
        }
    )
