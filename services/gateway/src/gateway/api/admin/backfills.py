"""`/admin/backfills`: stretches of time that are read again, or for the first time; asked for and watched."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from contracts.model import Count, Model, Moment
from contracts.syncs import BackfillRequestedV1, RangedName
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import RowMapping
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.admin import audit
from gateway.admin.listing import composed_id
from gateway.admin.listings import BACKFILLS, CABINETS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import BoundedMoment, RecordId
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin/backfills", tags=["admin"])

NAME = "backfills"


class BackfillRecord(Model):
    """A stretch of time of a resource of a cabinet, as it stands."""

    id: str
    cabinet_id: UUID
    resource: str
    why: str = Field(description="first_load, backfill (somebody asked) or reconciliation")
    state: Literal["waiting", "reading", "done", "failed"]
    since: Moment
    until: Moment = Field(description="not included")
    percent: int = Field(ge=0, le=100, description="of the stretch, the newest first; 100 when it is done")
    rows: Count = Field(description="read so far, known ones too")
    rows_new: Count
    rows_changed: Count
    seconds_left: Count | None = Field(description="if it goes on as before; null: not known yet, or it has ended")
    asked_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    error: str | None = Field(description="why it failed or is not read, or failed last")


class NewBackfill(BaseModel):
    """What is to be read."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
                    "resource": "orders",
                    "since": "2026-11-01T00:00:00+03:00",
                    "until": "2026-11-08T00:00:00+03:00",
                }
            ]
        },
    )

    cabinet_id: UUID
    resource: RangedName
    since: BoundedMoment
    until: Annotated[BoundedMoment | None, Field(description="not included; null: now")] = None


EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11~01990c3f-0000-7b3e-8f5e-0d1f5a3b7c13",
    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "resource": "orders",
    "why": "backfill",
    "state": "reading",
    "since": "2026-10-31T21:00:00Z",
    "until": "2026-11-07T21:00:00Z",
    "percent": 57,
    "rows": 4210,
    "rows_new": 12,
    "rows_changed": 3,
    "seconds_left": 180,
    "asked_at": "2026-11-20T11:02:00Z",
    "started_at": "2026-11-20T11:02:01Z",
    "ended_at": None,
    "error": None,
}


@router.get("", **dialect.described_list(BackfillRecord, EXAMPLE))
async def list_backfills(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Stretches of time, those asked for last first; what first loads left for later and nights compare is among them.
    Sorted by `asked_at`, or `id`; filtered by `cabinet_id` (then sorted by `id`) or `id`."""
    return await answer_list(parts, query, BACKFILLS, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(BackfillRecord, EXAMPLE, 404))
async def get_backfill(_: Admin, parts: UsedParts, record_id: RecordId) -> BackfillRecord:
    """One stretch of time: how far it is. One that was asked for just now is there once the ingestor has taken it."""
    return await answer_one(parts, record_id, BACKFILLS, NAME, _shown)


@router.post("", **dialect.described_record(BackfillRecord, EXAMPLE, 404, success=201))
async def ask_for_backfill(admin: Admin, parts: UsedParts, body: NewBackfill) -> BackfillRecord:
    """Have a stretch of time read again, after all that is new and within Wildberries' limits, as far back as
    Wildberries keeps rows; only what differs is published. What cannot be read becomes a record that `failed`, with the
    reason. 422 `backfill_refused`: it ends before it begins, or is yet to come."""
    now = clock.now()
    until = min(now, body.until or now)
    if body.since >= until:
        raise Problem(422, "backfill_refused", "It ends before it begins, or is yet to come.")
    range_id = uuid7()
    data = BackfillRequestedV1(
        range_id=range_id, resource=body.resource, since=body.since, until=until, requested_by=admin.name
    )
    async with parts.database.transaction() as connection:
        if await CABINETS.find(connection, str(body.cabinet_id)) is None:
            raise dialect.not_found("cabinets")
        noting.about(body.cabinet_id, None)
        noting.done_to(range_id=range_id)
        await outbox.append(connection, [new_event(data, cabinet_id=body.cabinet_id)])
    record_id = composed_id(body.cabinet_id, range_id)
    audit.note(key_id=admin.key_id, action="create", resource=NAME, record_id=record_id)
    return _asked(record_id, body, until, now)


def _asked(record_id: str, body: NewBackfill, until: datetime, now: datetime) -> BackfillRecord:
    return BackfillRecord(
        id=record_id,
        cabinet_id=body.cabinet_id,
        resource=body.resource,
        why="backfill",
        state="waiting",
        since=body.since,
        until=until,
        percent=0,
        rows=0,
        rows_new=0,
        rows_changed=0,
        seconds_left=None,
        asked_at=now,
        started_at=None,
        ended_at=None,
        error=None,
    )


def _shown(row: RowMapping) -> BackfillRecord:
    return BackfillRecord.model_validate({**row, "id": composed_id(row["cabinet_id"], row["id"])})
