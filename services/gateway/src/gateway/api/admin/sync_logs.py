"""`/admin/sync_logs`: what each run of the ingestor did."""

from uuid import UUID

from contracts.model import Count, Model, Moment
from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import RowMapping

from gateway.admin.listing import composed_id
from gateway.admin.listings import SYNC_LOGS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts

router = APIRouter(prefix="/admin/sync_logs", tags=["admin"])

NAME = "sync_logs"


class SyncLogRecord(Model):
    """One run: a sync of a resource of a cabinet, or a part of one; or an hour's runs that found nothing."""

    id: str
    cabinet_id: UUID
    resource: str
    trigger: str = Field(description="manual, first_load or schedule")
    outcome: str = Field(description="completed, paused, failed, refused or suspended")
    started_at: Moment
    duration_seconds: float
    waited_seconds: float = Field(description="for Wildberries' limits")
    pages: Count
    requests: Count
    rows_new: Count
    rows_changed: Count
    rows_same: Count
    rows_quarantined: Count
    rows_gone: Count
    error: str | None
    traceparent: str | None = Field(
        description="W3C trace context: finds the run, or the last of several, in the traces"
    )
    runs: Count = Field(description="those of an hour that found nothing are one record, which sums them up")
    last_started_at: Moment | None = Field(description="the last of such runs")


EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11~01990c3f-0000-7b3e-8f5e-0d1f5a3b7c12",
    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "resource": "orders",
    "trigger": "schedule",
    "outcome": "completed",
    "started_at": "2026-11-20T11:02:00Z",
    "duration_seconds": 0.8,
    "waited_seconds": 0.0,
    "pages": 1,
    "requests": 1,
    "rows_new": 3,
    "rows_changed": 1,
    "rows_same": 196,
    "rows_quarantined": 0,
    "rows_gone": 0,
    "error": None,
    "traceparent": None,
    "runs": 1,
    "last_started_at": None,
}


@router.get("", **dialect.described_list(SyncLogRecord, EXAMPLE))
async def list_sync_logs(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Runs, the last first. Sorted by `started_at`, and without `outcome` by `id`; filtered by `cabinet_id`, `outcome`
    or `id`."""
    return await answer_list(parts, query, SYNC_LOGS, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(SyncLogRecord, EXAMPLE, 404))
async def get_sync_log(_: Admin, parts: UsedParts, record_id: RecordId) -> SyncLogRecord:
    """One run."""
    return await answer_one(parts, record_id, SYNC_LOGS, NAME, _shown)


def _shown(row: RowMapping) -> SyncLogRecord:
    return SyncLogRecord.model_validate({**row, "id": composed_id(row["cabinet_id"], row["id"])})
