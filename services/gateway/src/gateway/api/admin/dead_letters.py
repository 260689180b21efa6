"""`/admin/dead_letters`: events that a service could not handle; `/admin/redrives` puts them back."""

from typing import Annotated
from uuid import UUID

from contracts.model import Count, Model
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.admin import audit
from gateway.admin.dead_letters import MAX_DEPTH, QUEUE_BY_NAME, BrokerAway, Letter
from gateway.admin.listing import QueryRefused
from gateway.admission.problem_answers import RETRY_AFTER
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId
from gateway.api.admin.operations import UsedDeadLetters
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin", tags=["admin"])

NAME = "dead_letters"


class DeadLetterRecord(Model):
    """An event that could not be handled. What it says is not shown."""

    id: str = Field(description="the queue and the event")
    queue: str = Field(description="the consumer's queue that it came from")
    event_id: str
    type: str
    attempts: Count
    reason: str
    bytes: Count
    cabinet_id: str | None = Field(description="null: it is no event that could be read")
    time: str | None
    origin: str | None


class Redrive(BaseModel):
    """What is put back: dead letters of a queue, or those of one event."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"queue": "reporter.orders", "limit": 100}]}
    )

    queue: Annotated[str, Field(max_length=100)]
    event_id: Annotated[str, Field(max_length=300)] | None = Field(default=None, description="null: of any event")
    limit: int = Field(default=MAX_DEPTH, ge=1, le=MAX_DEPTH, description="so many are looked at")


class RedriveRecord(Redrive):
    """What was put back."""

    id: UUID
    put_back: Count


EXAMPLE = {
    "id": "reporter.orders~01990c3e-2222-7b3e-8f5e-0d1f5a3b7c14",
    "queue": "reporter.orders",
    "event_id": "01990c3e-2222-7b3e-8f5e-0d1f5a3b7c14",
    "type": "orders.updated.v1",
    "attempts": 10,
    "reason": "ValueError: no such day",
    "bytes": 1840,
    "cabinet_id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "time": "2026-11-20T11:02:00Z",
    "origin": "live",
}
REDRIVE_EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c17",
    "queue": "reporter.orders",
    "event_id": None,
    "limit": 100,
    "put_back": 3,
}


@router.get("/dead_letters", **dialect.described_list(DeadLetterRecord, EXAMPLE))
async def list_dead_letters(_: Admin, dead_letters: UsedDeadLetters, query: UsedQuery) -> Response:
    """Dead letters. Sorted by `id`: by queue, and there by event, which is by age; filtered by `queue` or `id`. A
    thousand can be looked at; while they are, nobody else sees them."""
    asked = query.read()
    try:
        found = await dead_letters.page(asked)
    except QueryRefused as error:
        raise dialect.refused(error) from None
    except BrokerAway:
        raise _broker_away() from None
    return dialect.listed(NAME, [_shown(letter) for letter in found.letters], asked, found.total)


@router.get("/dead_letters/{record_id}", **dialect.described_record(DeadLetterRecord, EXAMPLE, 404))
async def get_dead_letter(_: Admin, dead_letters: UsedDeadLetters, record_id: RecordId) -> DeadLetterRecord:
    """One dead letter, of a thousand of its queue."""
    try:
        letter = await dead_letters.find(record_id)
    except BrokerAway:
        raise _broker_away() from None
    if letter is None:
        raise dialect.not_found(NAME)
    return _shown(letter)


@router.post("/redrives", **dialect.described_record(RedriveRecord, REDRIVE_EXAMPLE, success=201))
async def redrive(admin: Admin, parts: UsedParts, dead_letters: UsedDeadLetters, body: Redrive) -> RedriveRecord:
    """Put dead letters back into their queue, to be handled anew. One that fails again is dead again. 422
    `queue_unknown`: there is no such queue."""
    queue = QUEUE_BY_NAME.get(body.queue)
    if queue is None:
        raise Problem(422, "queue_unknown", f"There is no such queue; there are {', '.join(QUEUE_BY_NAME)}.")
    # Recorded before it is done, because the broker does it for good.
    noting.outside_the_database()
    async with parts.database.transaction():
        pass
    try:
        put_back = await dead_letters.redrive(queue, limit=body.limit, event_id=body.event_id)
    except BrokerAway:
        raise _broker_away() from None
    noting.changed(after={"put_back": put_back})
    done = RedriveRecord(**dict(body), id=uuid7(), put_back=put_back)
    audit.note(
        key_id=admin.key_id,
        action="create",
        resource="redrives",
        record_id=done.id,
        queue=body.queue,
        event_id=body.event_id,
        put_back=put_back,
    )
    return done


def _shown(letter: Letter) -> DeadLetterRecord:
    return DeadLetterRecord.model_validate({**vars(letter), "id": letter.id})


def _broker_away() -> Problem:
    detail = "RabbitMQ does not answer just now. Try again soon."
    return Problem(503, "broker_unavailable", detail, headers=RETRY_AFTER)
