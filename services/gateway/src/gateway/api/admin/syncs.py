"""`/admin/syncs`: syncs that were asked for, by users and by administrators; asked for and watched."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from contracts.model import Model, Moment
from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import noting, syncs
from gateway.admin import audit
from gateway.admin.listings import CABINETS, SYNCS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId
from gateway.api.admin.reading import answer_formed_list, find_formed
from gateway.api.parts import UsedParts
from gateway.api.requested_syncs import RunResource, RunStatus, StartSync, cabinet_unchecked, form_run

router = APIRouter(prefix="/admin/syncs", tags=["admin"])

NAME = "syncs"


class SyncRecord(Model):
    """A sync of a cabinet that somebody asked for, as it stands."""

    id: UUID = Field(description="`sync_id` of the events, and of `GET /api/v1/sync/status`")
    cabinet_id: UUID
    requested_by: str = Field(description="`key …` of an administrator, or `user …` of Telegram")
    requested_at: Moment
    status: RunStatus
    percent: int = Field(ge=0, le=100, description="of its resources, those that ended")
    finished_at: Moment | None = Field(description="when its last resource ended, or it was given up; null: unfinished")
    resources: tuple[RunResource, ...]


EXAMPLE = {
    "id": "01990c3f-0000-7b3e-8f5e-0d1f5a3b7c14",
    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "requested_by": "key 01990c3e-4444-7b3e-8f5e-0d1f5a3b7c16",
    "requested_at": "2026-11-20T11:02:00Z",
    "status": "running",
    "percent": 50,
    "finished_at": None,
    "resources": [
        {
            "resource": "orders",
            "status": "completed",
            "started_at": "2026-11-20T11:02:01Z",
            "finished_at": "2026-11-20T11:02:08Z",
            "rows_new": 3,
            "rows_changed": 2,
            "rows_same": 195,
            "rows_quarantined": 0,
            "reason": None,
        },
        {
            "resource": "stocks",
            "status": "running",
            "started_at": None,
            "finished_at": None,
            "rows_new": None,
            "rows_changed": None,
            "rows_same": None,
            "rows_quarantined": None,
            "reason": None,
        },
    ],
}


@router.get("", **dialect.described_list(SyncRecord, EXAMPLE))
async def list_syncs(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Syncs that somebody asked for, the last first, with what became of each resource. Sorted by `requested_at` or
    `id`; filtered by `cabinet_id` or `id`."""
    return await answer_formed_list(parts, query, SYNCS, NAME, _formed)


@router.get("/{record_id}", **dialect.described_record(SyncRecord, EXAMPLE, 404))
async def get_sync(_: Admin, parts: UsedParts, record_id: RecordId) -> SyncRecord:
    """One sync: how far it is, and what came of it."""
    async with parts.database.transaction() as connection:
        return await find_formed(connection, record_id, SYNCS, NAME, _formed)


@router.post("", **dialect.described_record(SyncRecord, EXAMPLE, 404, 409, success=202))
async def ask_for_sync(admin: Admin, parts: UsedParts, body: StartSync) -> SyncRecord:
    """Sync anybody's cabinet now, before scheduled work, as its users can by `POST /api/v1/sync/start`; one that
    Wildberries refuses is checked first. A cabinet has one unfinished requested sync at a time: it is the answer
    whoever asked for it. 409 `cabinet_unchecked`: Wildberries has not answered about its token yet."""
    async with parts.database.transaction() as connection:
        cabinet = await CABINETS.find(connection, str(body.cabinet_id))
        if cabinet is None:
            raise dialect.not_found("cabinets")
        noting.about(body.cabinet_id, None)
        if cabinet["status"] == "unchecked":
            raise cabinet_unchecked()
        sync_id = await syncs.start(
            connection,
            cabinet_id=body.cabinet_id,
            resources=body.in_order(),
            user=syncs.NO_USER,
            administrator=admin.name,
        )
        record = await find_formed(connection, str(sync_id), SYNCS, NAME, _formed)
    audit.note(key_id=admin.key_id, action="create", resource=NAME, record_id=sync_id)
    return record


async def _formed(connection: AsyncConnection, rows: Sequence[RowMapping]) -> Sequence[SyncRecord]:
    if not rows:
        return []
    parts = defaultdict[UUID, list[syncs.Part]](list)
    for part in await syncs.parts_of(connection, *_named(rows)):
        parts[part.sync_id].append(part)
    unfinished = [row for row in rows if row["finished_at"] is None]
    running = await syncs.running(connection, *_named(unfinished)) if unfinished else set()
    return [_shown(row, parts[row["sync_id"]], running) for row in rows]


def _named(rows: Sequence[RowMapping]) -> tuple[Sequence[UUID], Sequence[UUID]]:
    return [row["cabinet_id"] for row in rows], [row["sync_id"] for row in rows]


def _shown(row: RowMapping, parts: Sequence[syncs.Part], running: set[tuple[UUID, str]]) -> SyncRecord:
    run = form_run(row["sync_id"], row["requested_at"], row["finished_at"], parts, running)
    ended = sum(each.finished_at is not None for each in run.resources)
    return SyncRecord(
        id=run.sync_id,
        cabinet_id=row["cabinet_id"],
        requested_by=row["administrator"] or f"user {row['requested_by']}",
        requested_at=run.requested_at,
        status=run.status,
        percent=100 * ended // max(1, len(run.resources)),
        finished_at=run.finished_at,
        resources=run.resources,
    )
