"""`/admin/quarantine`: rows of Wildberries that could not be read."""

from uuid import UUID

from contracts.model import Count, Model, Moment
from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import RowMapping

from gateway.admin.listing import composed_id
from gateway.admin.listings import QUARANTINE
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts

router = APIRouter(prefix="/admin/quarantine", tags=["admin"])

NAME = "quarantine"


class QuarantineRecord(Model):
    """A row that could not be read. The row itself is not shown: there may be personal data in it."""

    id: str
    cabinet_id: UUID
    resource: str
    body_hash: str = Field(description="of what Wildberries sent")
    body_bytes: Count
    reason: str = Field(description="what could not be read")
    first_seen_at: Moment
    last_seen_at: Moment
    times: Count = Field(description="how often Wildberries sent it")


EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11~orders~6b86b273ff34fce1",
    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "resource": "orders",
    "body_hash": "6b86b273ff34fce1",
    "body_bytes": 612,
    "reason": "nmId: Input should be a valid integer",
    "first_seen_at": "2026-11-20T11:02:00Z",
    "last_seen_at": "2026-11-20T11:32:00Z",
    "times": 2,
}


@router.get("", **dialect.described_list(QuarantineRecord, EXAMPLE))
async def list_quarantine(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Rows in quarantine, those seen last first. Sorted by `last_seen_at`, and without `resource` by `id`; filtered by
    `cabinet_id`, `resource` or `id`."""
    return await answer_list(parts, query, QUARANTINE, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(QuarantineRecord, EXAMPLE, 404))
async def get_quarantined_row(_: Admin, parts: UsedParts, record_id: RecordId) -> QuarantineRecord:
    """One row in quarantine."""
    return await answer_one(parts, record_id, QUARANTINE, NAME, _shown)


def _shown(row: RowMapping) -> QuarantineRecord:
    record_id = composed_id(row["cabinet_id"], row["resource"], row["body_hash"])
    return QuarantineRecord.model_validate({**row, "id": record_id, "body_hash": row["body_hash"].hex()})
