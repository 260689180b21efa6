"""`/sync`: ask for fresh data now, and see how fresh each resource is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Any, Literal
from uuid import UUID

from contracts.model import Count, Model, Moment
from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field
from servicekit import clock

from gateway import cabinets, noting, roles, syncs
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading, Writer
from gateway.api.cabinets import EVERY_BECAUSE, EVERY_SECONDS, WAITS_FOR, cabinet_not_found
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, answered, documented
from gateway.api.requested_syncs import Run, StartSync, cabinet_unchecked, form_run
from gateway.roles import Act

router = APIRouter(prefix="/sync", tags=["syncs"])

SHOWN_RUNS = 10
SHOWN_BACKFILLS = 1_000
"""Of all cabinets; each has one or two of ten resources at a time."""


class StartedSync(Model):
    """A sync that was asked for; watch it with GET /api/v1/sync/status?sync_id=…"""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sync_id": "01a20c2b-9b1c-7d40-8f55-3c1e2a7d4b01"}]})

    sync_id: UUID


class ResourceStatus(Model):
    """Where the sync of one resource stands."""

    resource: str
    status: Literal["waiting", "running", "failing", "suspended"]
    freshness_seconds: int | None = Field(description="since the last success; null: not loaded yet")
    last_success_at: Moment | None
    next_run_at: Moment | None
    first_load_done: bool
    rows: Count = Field(description="read so far in all, of the first load too")
    waits_for: syncs.WaitsFor | None = Field(description=WAITS_FOR)
    every_seconds: float | None = Field(description=EVERY_SECONDS)
    every_because: syncs.EveryBecause | None = Field(description=EVERY_BECAUSE)
    failures: Count = Field(description="in a row")
    last_error: str | None


class Backfill(Model):
    """A stretch of time that is read beside what is new: what a first load left for later, or somebody asked for."""

    id: UUID
    resource: str
    why: Literal["first_load", "backfill"]
    state: Literal["waiting", "reading", "done", "failed"]
    since: Moment
    until: Moment = Field(description="not included")
    percent: int = Field(ge=0, le=100, description="of the stretch, the newest first; 100 when it is done")
    rows: Count = Field(description="read so far, known ones too")
    rows_new: Count
    seconds_left: Count | None = Field(description="if it goes on as before; null: not known yet, or it has ended")
    asked_at: Moment
    ended_at: Moment | None
    reason: str | None = Field(description="why it failed, or failed last")


class SyncStatus(Model):
    """How fresh a cabinet's data is, the syncs that were asked for, newest first, and what is read of its past."""

    cabinet_id: UUID
    resources: tuple[ResourceStatus, ...]
    runs: tuple[Run, ...]
    backfills: tuple[Backfill, ...] = Field(
        description="the first import of what is older than news, and backfills, until an hour after their end"
    )


STATUS_EXAMPLE: Mapping[str, Any] = {
    "cabinet_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a11",
    "resources": [
        {
            "resource": "orders",
            "status": "waiting",
            "freshness_seconds": 42,
            "last_success_at": "2026-11-20T11:01:18Z",
            "next_run_at": "2026-11-20T11:02:18Z",
            "first_load_done": True,
            "rows": 18240,
            "waits_for": "schedule",
            "every_seconds": 60.0,
            "every_because": "schedule",
            "failures": 0,
            "last_error": None,
        }
    ],
    "runs": [
        {
            "sync_id": "01a20c2b-9b1c-7d40-8f55-3c1e2a7d4b01",
            "status": "completed",
            "requested_at": "2026-11-20T11:01:10Z",
            "finished_at": "2026-11-20T11:01:18Z",
            "resources": [
                {
                    "resource": "orders",
                    "status": "completed",
                    "started_at": "2026-11-20T11:01:11Z",
                    "finished_at": "2026-11-20T11:01:18Z",
                    "rows_new": 3,
                    "rows_changed": 2,
                    "rows_same": 195,
                    "rows_quarantined": 0,
                    "reason": None,
                }
            ],
        }
    ],
    "backfills": [
        {
            "id": "01a20c2b-a1c4-7e60-8d2f-5b7c9e1a3d02",
            "resource": "orders",
            "why": "first_load",
            "state": "reading",
            "since": "2026-08-22T11:06:00Z",
            "until": "2026-11-18T11:06:00Z",
            "percent": 68,
            "rows": 160000,
            "rows_new": 159870,
            "seconds_left": 56,
            "asked_at": "2026-11-20T11:01:05Z",
            "ended_at": None,
            "reason": None,
        }
    ],
}


@router.post("/start", status_code=202, responses=documented(404, 409))
async def start_sync(caller: Writer, parts: UsedParts, body: StartSync) -> StartedSync:
    """Sync a cabinet now, before scheduled work; one that WB refuses is checked first.

    A cabinet has one unfinished requested sync at a time: asking again answers with the same `sync_id`.
    """
    async with parts.database.transaction() as connection:
        cabinet = await cabinets.find(connection, caller.telegram_id, body.cabinet_id)
        if cabinet is None:
            raise cabinet_not_found()
        noting.about(cabinet.cabinet_id, cabinet.role)
        roles.check(cabinet.role, Act.START_SYNC)
        if cabinet.status == "unchecked":
            raise cabinet_unchecked()
        sync_id = await syncs.start(
            connection, cabinet_id=cabinet.cabinet_id, resources=body.in_order(), user=caller.telegram_id
        )
    return StartedSync(sync_id=sync_id)


@router.get("/status", **answered(Answered[SyncStatus] | Listed[SyncStatus], 404, example=STATUS_EXAMPLE))
async def get_sync_status(
    answer: Reading,
    parts: UsedParts,
    cabinet_id: Annotated[UUID | None, Query(description="a cabinet, with its newest requested syncs")] = None,
    sync_id: Annotated[UUID | None, Query(description="one requested sync, with its cabinet")] = None,
) -> Response:
    """How fresh each resource of a cabinet is, what it waits for, what became of requested syncs, and how far the first
    import and backfills are. Name a cabinet or
    a sync (both: 422 `cabinet_or_sync`); without either, `data` is the list of all your cabinets, those connected first
    before the others."""
    if cabinet_id is not None and sync_id is not None:
        raise Problem(422, "cabinet_or_sync", "Give either cabinet_id or sync_id.")
    cabinets_shown = answer.cabinets
    async with parts.database.transaction() as connection:
        if cabinet_id is not None or sync_id is not None:
            cabinet = cabinet_id if sync_id is None else await syncs.cabinet_of(connection, sync_id)
            if cabinet is None or cabinet not in answer.cabinets:
                raise cabinet_not_found() if sync_id is None else _sync_not_found()
            cabinets_shown = (cabinet,)
        states = await syncs.states(connection, cabinets_shown)
        run_parts = await syncs.runs(connection, cabinets_shown, sync_id, limit=SHOWN_RUNS)
        backfills = await syncs.backfills(connection, cabinets_shown, limit=SHOWN_BACKFILLS)
    shown = [_status(cabinet, states, run_parts, backfills) for cabinet in cabinets_shown]
    # Not kept: the ingestor goes on without telling of every step.
    if cabinet_id is None and sync_id is None:
        return answer.listed(shown, next_cursor=None)
    return answer.of(shown[0])


def _status(
    cabinet_id: UUID,
    states: Iterable[syncs.ResourceState],
    run_parts: Iterable[syncs.RunPart],
    backfills: Iterable[syncs.Backfill],
) -> SyncStatus:
    of_cabinet = [state for state in states if state.cabinet_id == cabinet_id]
    running = {(state.requested_sync_id, state.resource) for state in of_cabinet if state.status == "running"}
    runs = groupby((part for part in run_parts if part.cabinet_id == cabinet_id), key=lambda part: part.sync_id)
    return SyncStatus(
        cabinet_id=cabinet_id,
        resources=tuple(_state(state, clock.now()) for state in of_cabinet),
        runs=tuple(_run(list(group), running) for _, group in runs),
        backfills=tuple(Backfill.model_validate(vars(each)) for each in backfills if each.cabinet_id == cabinet_id),
    )


def _state(state: syncs.ResourceState, now: datetime) -> ResourceStatus:
    last = state.last_success_at
    freshness = None if last is None else max(0, int((now - last).total_seconds()))
    return ResourceStatus.model_validate({**vars(state), "freshness_seconds": freshness})


def _run(run_parts: Sequence[syncs.RunPart], running: set[tuple[UUID | None, str]]) -> Run:
    first = run_parts[0]
    return form_run(first.sync_id, first.requested_at, first.run_finished_at, run_parts, running)


def _sync_not_found() -> Problem:
    return Problem(404, "sync_not_found", "You asked for no sync with this id.")
