"""`/admin/deliveries`: messages of the notifier to chats and webhooks."""

from typing import Literal
from uuid import UUID

from contracts.model import Count, Model, Moment
from contracts.notifications import NotificationRetryRequestedV1
from fastapi import APIRouter, Response
from pydantic import Field
from servicekit import outbox
from servicekit.events import new_event
from sqlalchemy import RowMapping

from gateway import noting
from gateway.admin import audit
from gateway.admin.listing import composed_id
from gateway.admin.listings import DELIVERIES
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin/deliveries", tags=["admin"])

NAME = "deliveries"


class DeliveryRecord(Model):
    """One message to one receiver. What it says is not shown."""

    id: str
    cabinet_id: UUID
    channel: str = Field(description="telegram or webhook")
    recipient: str = Field(description="the id of a chat or of a webhook")
    kind: str
    subject: str = Field(description="of which nobody is told twice")
    order_id: UUID | None
    event_id: UUID
    correlation_id: UUID
    status: Literal["pending", "sending", "delivered", "dropped", "failed", "held"]
    attempts: Count
    failures: Count = Field(description="attempts that count: an outage of ours uses up none")
    last_error: str | None
    message_id: str | None = Field(description="by which the receiver knows it")
    created_at: Moment
    next_attempt_at: Moment | None = Field(description="null: none will be made")
    finished_at: Moment | None


EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11~5f0e3a52-9d0b-4a3c-8f39-1c1f3a7f2b10",
    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "channel": "telegram",
    "recipient": "1234567",
    "kind": "order",
    "subject": "order/01990c3e-1111-7b3e-8f5e-0d1f5a3b7c13/1",
    "order_id": "01990c3e-1111-7b3e-8f5e-0d1f5a3b7c13",
    "event_id": "01990c3e-2222-7b3e-8f5e-0d1f5a3b7c14",
    "correlation_id": "01990c3e-3333-7b3e-8f5e-0d1f5a3b7c15",
    "status": "delivered",
    "attempts": 1,
    "failures": 0,
    "last_error": None,
    "message_id": "77120",
    "created_at": "2026-11-20T11:02:00Z",
    "next_attempt_at": None,
    "finished_at": "2026-11-20T11:02:01Z",
}


@router.get("", **dialect.described_list(DeliveryRecord, EXAMPLE))
async def list_deliveries(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Deliveries, the newest first. Sorted by `created_at`, and without `status` by `id`; filtered by `cabinet_id`, by
    a `status` of `pending` or `failed`, or by `id`."""
    return await answer_list(parts, query, DELIVERIES, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(DeliveryRecord, EXAMPLE, 404))
async def get_delivery(_: Admin, parts: UsedParts, record_id: RecordId) -> DeliveryRecord:
    """One delivery."""
    return await answer_one(parts, record_id, DELIVERIES, NAME, _shown)


@router.post("/{record_id}/retry", **dialect.described_record(DeliveryRecord, EXAMPLE, 404, 409, success=202))
async def retry_delivery(admin: Admin, parts: UsedParts, record_id: RecordId) -> DeliveryRecord:
    """Have a delivery that was given up sent after all: it begins its tries anew once the notifier has taken it, until
    when it is shown as it was. 409 `delivery_not_failed`: any other one goes its way by itself."""
    async with parts.database.transaction() as connection:
        row = await DELIVERIES.find(connection, record_id)
        if row is None:
            raise dialect.not_found(NAME)
        noting.about(row["cabinet_id"], None)
        if row["status"] != "failed":
            raise Problem(409, "delivery_not_failed", f"It is {row['status']}: only what failed is sent again.")
        data = NotificationRetryRequestedV1(delivery_id=row["id"], requested_by=admin.name)
        await outbox.append(connection, [new_event(data, cabinet_id=row["cabinet_id"])])
    audit.note(key_id=admin.key_id, action="retry", resource=NAME, record_id=record_id)
    return _shown(row)


def _shown(row: RowMapping) -> DeliveryRecord:
    upcoming = row["next_attempt_at"] if row["finished_at"] is None else None
    record_id = composed_id(row["cabinet_id"], row["id"])
    return DeliveryRecord.model_validate({**row, "id": record_id, "next_attempt_at": upcoming})
