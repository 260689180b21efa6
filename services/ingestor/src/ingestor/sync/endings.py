"""What follows a run: when the next one is due, what is stored of this one, and who is told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from contracts.cabinets import CabinetSuspendedV1
from contracts.envelope import Event, EventData
from contracts.syncs import SyncCompletedV1, SyncFailedV1

from ingestor.backoff import backoff_seconds
from ingestor.causes import make_event
from ingestor.sync.page import Run
from ingestor.sync.schedule import Ending, Lease, SuspensionReason
from ingestor.wb.errors import MethodSwitchedOff, MustWait, RateLimited, ScopeRefused, WbError

QUARANTINE_SWEEP_SECONDS = 5 * 60
"""WB mends broken rows: what could not be read is asked for again soon, and then with every sweep."""

SWITCHED_OFF_SECONDS = 60 * 60


def completed(run: Run, *, next_in_seconds: float) -> Ending:
    """Everything there was has been read."""
    lease = run.lease
    return Ending(
        outcome="completed",
        delay_seconds=next_in_seconds,
        failures=0,
        completed=True,
        served=len(lease.requests),
        swept=bool(lease.requests) or lease.sweep_is_due,
        sweep_seconds=QUARANTINE_SWEEP_SECONDS if run.newly_quarantined else run.resource.sweep.total_seconds(),
    )


def paused(lease: Lease, seconds: float = 0, *, error: str | None = None, may_hurry: bool = True) -> Ending:
    """To be gone on with: the budget is spent, or others shall have their turn."""
    return Ending("paused", seconds, lease.failures, error=error, may_hurry=may_hurry)


def failed(lease: Lease, error: str, *, attempts: int) -> Ending:
    """To be tried again; after `attempts` in a row those who asked are told that it failed."""
    failures = lease.failures + 1
    served = len(lease.requests) if failures >= attempts else 0
    return Ending("failed", backoff_seconds(failures), failures, error=error, served=served)


def suspended(lease: Lease, error: str) -> Ending:
    """WB refuses this resource: not to be tried again until the seller acts."""
    return Ending(
        "suspended", 0, lease.failures + 1, error=error, served=len(lease.requests), suspended_reason="scope_refused"
    )


def refused(lease: Lease, reason: SuspensionReason, error: str) -> Ending:
    """WB refuses the whole cabinet: nothing of it is tried again until the seller acts."""
    return Ending("suspended", 0, lease.failures + 1, error=error, served=len(lease.requests), refusal=reason)


def of_error(lease: Lease, error: WbError, *, attempts: int) -> Ending:
    """The ending for what WB answered instead of data; a refused token is not decided here."""
    match error:
        case RateLimited():
            return paused(lease, error.seconds, error=str(error), may_hurry=False)
        case MustWait():
            return paused(lease, error.seconds, may_hurry=False)
        case ScopeRefused():
            return suspended(lease, str(error))
        case MethodSwitchedOff():
            # No failure: what is stored stays, and WB will switch it on again or not.
            return Ending("switched_off", SWITCHED_OFF_SECONDS, 0, error=str(error), served=len(lease.requests))
        case _:
            return failed(lease, str(error), attempts=attempts)


def events(run: Run, ending: Ending, next_run_at: datetime | None, *, attempts: int) -> Iterator[Event[Any]]:
    """Who asked is told how it ended; first loads that ended, and health that turned, are told unasked."""
    lease, now = run.lease, datetime.now(UTC)
    if ending.suspended_reason is not None:
        data = CabinetSuspendedV1(reason="scope_refused", detail=ending.error or "", resource=lease.resource)
        yield make_event(data, lease.cabinet_id)
    for asked in lease.requests[: ending.served]:
        yield make_event(_told(run, ending, next_run_at, now, asked["sync_id"]), lease.cabinet_id, asked["cause"])
    turned = ending.failures == attempts and ending.outcome == "failed"
    if (ending.completed and not lease.first_load_done) or (turned and not ending.served):
        yield make_event(_told(run, ending, next_run_at, now, None), lease.cabinet_id)


def _told(run: Run, ending: Ending, next_run_at: datetime | None, now: datetime, sync_id: str | None) -> EventData:
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
