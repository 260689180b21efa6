"""What follows a run: when the next one is due, what is stored of this one, and who is told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal

from contracts.cabinets import CabinetSuspendedV1
from contracts.envelope import Event, EventData
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncResumedV1
from servicekit import clock

from ingestor.backoff import MAX_SECONDS, backoff_seconds
from ingestor.causes import make_event
from ingestor.refusals import NEED_WITNESS, SWITCHED_OFF, RefusalReason, Streak
from ingestor.sync.page import Run
from ingestor.sync.schedule import Ending, Lease
from ingestor.wb.errors import MustWait, RateLimited, Unavailable, WbError

QUARANTINE_SWEEP_SECONDS = 5 * 60
"""WB mends broken rows: where no page is asked for again by itself all of them are, soon, and then in every sweep."""


CONFIRM_SECONDS = 60
"""A large loss is confirmed by another reading this soon, if the limits of the method allow it."""


def completed(run: Run, *, next_in_seconds: float, late_seconds: float) -> Ending:
    """Everything there was has been read; who asked while it was being read is answered by the next reading."""
    lease = run.lease
    lost = f"{run.suspected} rows that were known are lost; to be confirmed" if run.suspected else None
    reading = run.resource.reading
    is_soon = run.newly_quarantined > 0 and reading.again is None
    sweep_seconds = QUARANTINE_SWEEP_SECONDS if is_soon else reading.sweep.total_seconds()
    return Ending(
        outcome="completed",
        delay_seconds=next_in_seconds,
        failures=0,
        error=lost,
        completed=True,
        served=run.answers,
        swept=bool(lease.requests) or lease.sweep_is_due,
        late_seconds=late_seconds,
        sweep_seconds=0 if run.suspected else sweep_seconds,
    )


def paused(
    lease: Lease,
    seconds: float = 0,
    *,
    error: str | None = None,
    may_hurry: bool = True,
    waits_for: Literal["limits", "wildberries"] | None = None,
) -> Ending:
    """To be gone on with: the budget is spent, WB is not ready, or others shall have their turn."""
    return Ending("paused", seconds, lease.failures, error=error, may_hurry=may_hurry, waits_for=waits_for)


MOSTLY_BROKEN_SECONDS = 60 * 60
"""What WB renamed it does not name as before within minutes: a page of thousands is not asked for ever so often."""


def failed(lease: Lease, error: str, *, attempts: int, seconds: float = 0, longest: float = MAX_SECONDS) -> Ending:
    """To be tried again, not before `seconds`; after `attempts` in a row those who asked are told that it failed."""
    failures = lease.failures + 1
    served = len(lease.requests) if failures >= attempts else 0
    delay = max(backoff_seconds(failures, longest=longest), seconds)
    return Ending("failed", delay, failures, error=error, served=served)


def refused(lease: Lease, reason: RefusalReason, error: str, *, rate: float) -> Ending:
    """WB refuses it. Who asked is told at once; the resource is suspended when that is confirmed, and tried again."""
    streak = Streak(reason, lease.refusals + 1, timedelta(seconds=lease.refused_seconds) * rate)
    needs_witness = reason in NEED_WITNESS and not lease.is_vouched_for
    counts = lease.suspended_reason is not None or (streak.counts and not needs_witness)
    return Ending(
        "suspended" if counts else "refused",
        streak.wait(suspended=counts).total_seconds() / rate,
        lease.failures,
        error=error,
        served=len(lease.requests),
        refused=True,
        suspended_reason=reason if counts else None,
        doubt=reason if needs_witness else None,
    )


def of_error(lease: Lease, error: WbError, *, attempts: int) -> Ending:
    """The ending for what WB answered instead of data, where that is no refusal."""
    match error:
        case RateLimited():
            return paused(lease, error.seconds, error=str(error), may_hurry=False, waits_for="limits")
        case MustWait():
            return paused(lease, error.seconds, may_hurry=False, waits_for="limits")
        case Unavailable():
            ending = failed(lease, str(error), attempts=attempts, seconds=error.seconds)
            return replace(ending, unavailable=True)
        case _:
            return failed(lease, str(error), attempts=attempts)


def is_accepted(run: Run, ending: Ending) -> bool:
    """Whether WB let the run read."""
    return run.counts.pages > 0 and ending.outcome in {"completed", "paused"}


def is_told(lease: Lease, ending: Ending, *, attempts: int, for_all: bool) -> bool:
    """Whether it is told by the end of a run that it keeps failing: not where WB answers nobody, which is one thing."""
    if ending.outcome != "failed":
        return lease.failing_told and not ending.completed
    turned = ending.failures >= attempts and not (for_all and ending.unavailable)
    return lease.failing_told or turned


def events(run: Run, ending: Ending, next_run_at: datetime, *, failing_told: bool) -> Iterator[Event[Any]]:
    """Who asked is told how it ended; first loads that ended, and health that turned, are told unasked."""
    lease, now = run.lease, clock.now()
    reason = ending.suspended_reason
    if reason is not None and reason != SWITCHED_OFF and lease.suspended_reason is None:
        data = CabinetSuspendedV1(
            reason=reason, detail=ending.error or "", resource=lease.resource, category=run.resource.method.category
        )
        yield make_event(data, lease.cabinet_id)
    for asked in lease.requests[: ending.served]:
        yield make_event(_told(run, ending, next_run_at, now, asked["sync_id"]), lease.cabinet_id, asked["cause"])
    turned = failing_told and not lease.failing_told
    if (ending.completed and not lease.first_load_done) or (turned and not ending.served):
        yield make_event(_told(run, ending, next_run_at, now, None), lease.cabinet_id)
    if has_resumed(run, ending) or (ending.completed and lease.failing_told):
        yield make_event(
            SyncResumedV1(resource=lease.resource, category=run.resource.method.category, resumed_at=now),
            lease.cabinet_id,
        )


def has_resumed(run: Run, ending: Ending) -> bool:
    """Whether WB has ended a refusal that sellers were told of."""
    return run.lease.suspended_reason not in {None, SWITCHED_OFF} and is_accepted(run, ending)


def _told(run: Run, ending: Ending, next_run_at: datetime, now: datetime, sync_id: str | None) -> EventData:
    if not ending.completed:
        return SyncFailedV1.model_validate(
            {
                "sync_id": sync_id,
                "resource": run.lease.resource,
                "reason": ending.error or ending.outcome,
                "failed_at": now,
                "next_run_at": next_run_at,
            }
        )
    totals = run.totals
    return SyncCompletedV1.model_validate(
        {
            "sync_id": sync_id,
            "resource": run.lease.resource,
            "started_at": run.started_at,
            "finished_at": now,
            "pages": totals.pages,
            "rows_new": totals.rows_new,
            "rows_changed": totals.rows_changed,
            "rows_same": totals.rows_same,
            "rows_quarantined": totals.rows_quarantined,
        }
    )
