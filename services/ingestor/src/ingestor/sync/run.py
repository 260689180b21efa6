"""One run of one sync: page after page from WB into the database, in one trace."""

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from opentelemetry.context import Context
from opentelemetry.trace import Status, StatusCode
from servicekit import outbox
from servicekit.crypto import CannotOpen, unseal
from servicekit.db import Database
from servicekit.telemetry import tracer
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import cabinets
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Position, Start, Step
from ingestor.sync import endings, page, schedule
from ingestor.sync import log as sync_log
from ingestor.sync.log import Counts
from ingestor.sync.page import Run
from ingestor.sync.reading import steps
from ingestor.sync.schedule import Ending, Lease, LeaseLost, SuspensionReason
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access, WbClient
from ingestor.wb.errors import MustWait, PaymentRequired, RateLimited, TokenRejected, WbError

log = structlog.get_logger()

TURN_SECONDS = 10.0
"""A run longer than this goes back into the queue between two pages, so that others have their turn."""

NOTHING_YET_SECONDS = 5 * 60
"""A reading of subjects that found none of them comes again by then."""

REFUSALS: dict[type[Exception], SuspensionReason] = {
    TokenRejected: "token_rejected",
    PaymentRequired: "payment_required",
    CannotOpen: "token_unreadable",
}


@dataclass(frozen=True, slots=True)
class Tools:
    """What runs stand on."""

    database: Database
    client: WbClient
    budget: Budget
    private_keys: str
    interval_seconds: float
    rate: float
    page_rows: int
    attempts: int


async def run(lease: Lease, tools: Tools) -> float | None:
    """Run once and store how it ended; seconds until the next run, none if there is none to wait for."""
    with tracer.start_as_current_span(f"sync {lease.resource}", context=Context()) as span:
        span.set_attribute("cabinet.id", str(lease.cabinet_id))
        started_at, begun = datetime.now(UTC), time.monotonic()
        this = _begin(lease, started_at)
        try:
            ending = await _ending(this, tools, started_at)
            if ending.error:
                span.set_status(Status(StatusCode.ERROR, ending.error))
            next_run_at = await _finish(this, tools, ending, started_at, time.monotonic() - begun)
        except LeaseLost:
            log.warning("sync.lease_lost", cabinet_id=str(lease.cabinet_id), resource=lease.resource)
            return None
    return None if next_run_at is None else (next_run_at - datetime.now(UTC)).total_seconds()


def _begin(lease: Lease, now: datetime) -> Run:
    progress = dict(lease.progress or {})
    started_at = datetime.fromisoformat(progress.pop("started_at")) if progress else now
    return Run(lease, RESOURCES[lease.resource], started_at, Counts(**progress))


async def _ending(this: Run, tools: Tools, started_at: datetime) -> Ending:
    lease = this.lease
    try:
        return await _read(this, tools, started_at)
    except LeaseLost:
        raise
    except (TokenRejected, PaymentRequired, CannotOpen) as error:
        return endings.refused(lease, REFUSALS[type(error)], str(error))
    except WbError as error:
        return endings.of_error(lease, error, attempts=tools.attempts)
    except Exception as error:
        log.exception("sync.crashed", cabinet_id=str(lease.cabinet_id), resource=lease.resource)
        return endings.failed(lease, f"{type(error).__name__} in Pulse", attempts=tools.attempts)


async def _read(this: Run, tools: Tools, started_at: datetime) -> Ending:
    lease, resource = this.lease, this.resource
    token = unseal(lease.sealed_token, private_keys=tools.private_keys, belongs_to=str(lease.cabinet_id))
    access = Access(lease.seller_id, lease.kind, token)
    sweep = bool(lease.requests) or lease.sweep_is_due
    begun = time.monotonic()
    position = resource.begin(lease.cursor, Start(started_at, sweep, tools.page_rows))
    this.begins_anew = not lease.cursor or position != lease.cursor

    async def call(asked: dict[str, Any]) -> bytes:
        try:
            reply = await tools.client.call(access=access, **asked, backfill=lease.trigger == "first_load")
        except WbError as error:
            this.count_request(sent=not isinstance(error, MustWait) or isinstance(error, RateLimited))
            raise
        this.count_request(sent=True, waited_seconds=reply.waited_seconds)
        return reply.body

    async def take_in(position: Position, body: bytes) -> Step:
        return await page.take_in(tools.database, this, position, body, datetime.now(UTC))

    subjects = partial(_subjects, this, tools)
    async with aclosing(steps(resource, position, subjects=subjects, call=call, take_in=take_in)) as taken:
        async for step in taken:
            if step.done:
                return endings.completed(this, next_in_seconds=_until_next(this, tools, started_at))
            if step.wait_seconds:
                return endings.paused(lease, step.wait_seconds / tools.rate, may_hurry=False)
            if time.monotonic() - begun > TURN_SECONDS:
                return endings.paused(lease)
    await page.start_over(tools.database, this)
    wait = _until_next(this, tools, started_at)
    # What it asks about may be on its way: it need not miss that by a whole refresh.
    soon = NOTHING_YET_SECONDS / tools.rate
    return endings.completed(this, next_in_seconds=wait if this.totals.pages else min(wait, soon))


async def _subjects(this: Run, tools: Tools, position: Position) -> Sequence[Any]:
    find = this.resource.subjects
    async with tools.database.transaction() as connection:
        return [] if find is None else await find(connection, this.lease.cabinet_id, position)


def _until_next(this: Run, tools: Tools, started_at: datetime) -> float:
    # Cabinets of one seller share its limits, and so do methods of one bucket: each gets its part of them.
    method = this.resource.method
    sharing = this.lease.sharing * sum(each.method.bucket == method.bucket for each in RESOURCES.values())
    least = tools.budget.interval_seconds(method, this.lease.kind) * sharing
    wanted = tools.interval_seconds * (this.resource.refresh / timedelta(minutes=1))
    return max(wanted, least) - (datetime.now(UTC) - started_at).total_seconds()


async def _stand_in(connection: AsyncConnection, this: Run, ending: Ending) -> None:
    """Call the resources in that stand in for one that cannot be read, until it can be."""
    stand_ins = [each.name for each in RESOURCES.values() if each.stands_in_for == this.resource.name]
    if not stand_ins:
        return
    if ending.outcome == "switched_off" or ending.suspended_reason is not None:
        await schedule.call_in(connection, this.lease.cabinet_id, stand_ins)
    elif ending.completed:
        await schedule.send_home(connection, this.lease.cabinet_id, stand_ins)


async def _finish(
    this: Run, tools: Tools, ending: Ending, started_at: datetime, duration_seconds: float
) -> datetime | None:
    lease = this.lease
    async with tools.database.transaction() as connection:
        if ending.refusal is not None:
            # Before the row of the sync: whoever locks both, a disconnection too, takes the cabinet first.
            await cabinets.lock(connection, lease.cabinet_id)
        next_run_at = await schedule.finish(connection, lease, ending)
        if ending.refusal is not None:
            next_run_at = None
            await cabinets.suspend(connection, lease.cabinet_id, ending.refusal, ending.error or "")
        await _stand_in(connection, this, ending)
        told = endings.events(this, ending, next_run_at, attempts=tools.attempts)
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
    if ending.outcome in {"failed", "suspended"}:
        log.warning("sync.failed", cabinet_id=str(lease.cabinet_id), resource=lease.resource, error=ending.error)
    return next_run_at
