"""`/admin/replays`: a consumer is given the log again; begun, watched, stopped and resumed."""

from typing import Annotated, Literal
from uuid import UUID

from contracts.model import Count, Model, Moment
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from servicekit.replay import administration
from servicekit.replay.selection import CannotReplay, select
from servicekit.replay.table import State
from sqlalchemy import RowMapping
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.admin import audit
from gateway.admin.listings import REPLAYS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import BoundedMoment, RecordId, Version
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin/replays", tags=["admin"])

NAME = "replays"
WRITABLE = ("state",)

VERSIONS = {State.RUNNING: 1, State.STOPPED: 2, State.DONE: 3}
"""A replay that goes on sending is still the one that was read: only its state can be changed."""

EventType = Annotated[str, Field(max_length=100)]


class ReplayRecord(Model):
    """A replay as it stands."""

    id: UUID
    consumer: str = Field(description="the service that is given the events")
    types: tuple[str, ...]
    cabinet_ids: tuple[UUID, ...] | None = Field(description="null: all")
    since: Moment | None
    until: Moment
    events_per_second: float | None = Field(description="at most; null: as fast as they are taken")
    requested_by: str
    requested_at: Moment
    state: Literal["running", "stopped", "done"]
    is_silent: bool = Field(
        description="running, and nothing sent for half a minute: nobody sends it, or its consumer is away"
    )
    events: Count = Field(description="there are to send; 0 until they are counted")
    sent: Count
    sent_at: Moment
    ended_at: Moment | None
    sent_by_service: bool = Field(description="the consumer itself sends it; else a command does")
    version: Version


class NewReplay(BaseModel):
    """What is given again, and to whom."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"consumer": "reporter", "types": ["orders.updated.v1"], "since": "2026-11-01T00:00:00+03:00"}]
        },
    )

    consumer: Annotated[str, Field(max_length=100)] = "reporter"
    types: Annotated[tuple[EventType, ...], Field(max_length=100, description="none: all that it takes")] = ()
    cabinet_ids: Annotated[tuple[UUID, ...], Field(max_length=1000, description="none: all")] = ()
    since: BoundedMoment | None = None
    until: BoundedMoment | None = Field(default=None, description="not included; null: now")
    events_per_second: float | None = Field(default=None, ge=0.1, le=100_000, description="null: as they are taken")


class ReplayChanges(BaseModel):
    """The whole record, or only what changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"state": "stopped"}]})

    id: UUID | None = None
    consumer: str | None = None
    types: tuple[str, ...] | None = None
    cabinet_ids: tuple[UUID, ...] | None = None
    since: Moment | None = None
    until: Moment | None = None
    events_per_second: float | None = None
    requested_by: str | None = None
    requested_at: Moment | None = None
    state: Literal["running", "stopped", "done"] | None = None
    is_silent: bool | None = None
    events: int | None = None
    sent: int | None = None
    sent_at: Moment | None = None
    ended_at: Moment | None = None
    sent_by_service: bool | None = None
    version: Version | None = None


MOVING = {"is_silent", "events", "sent", "sent_at", "ended_at"}
"""What goes on by itself may differ from what was read."""

EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "consumer": "reporter",
    "types": ["orders.updated.v1"],
    "cabinet_ids": None,
    "since": "2026-11-01T00:00:00Z",
    "until": "2026-11-20T11:02:00Z",
    "events_per_second": None,
    "requested_by": "key 01990c3e-4444-7b3e-8f5e-0d1f5a3b7c16",
    "requested_at": "2026-11-20T11:02:00Z",
    "state": "running",
    "is_silent": False,
    "events": 48210,
    "sent": 1200,
    "sent_at": "2026-11-20T11:02:07Z",
    "ended_at": None,
    "sent_by_service": True,
    "version": 1,
}


@router.get("", **dialect.described_list(ReplayRecord, EXAMPLE))
async def list_replays(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Replays, those asked for last first. Sorted by `requested_at` or `id`; filtered by `id`."""
    return await answer_list(parts, query, REPLAYS, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(ReplayRecord, EXAMPLE, 404))
async def get_replay(_: Admin, parts: UsedParts, record_id: RecordId) -> ReplayRecord:
    """One replay: how far it is."""
    return await answer_one(parts, record_id, REPLAYS, NAME, _shown)


@router.post("", **dialect.described_record(ReplayRecord, EXAMPLE, success=201))
async def begin_replay(admin: Admin, parts: UsedParts, body: NewReplay) -> ReplayRecord:
    """Give a consumer again what the log holds, up to now at most. It counts the events and sends them by itself, one
    replay after another; `replay_refused` says what cannot be replayed, and what can."""
    try:
        selection = select(
            body.consumer, types=body.types, cabinet_ids=body.cabinet_ids, since=body.since, until=body.until
        )
    except CannotReplay as error:
        raise Problem(422, "replay_refused", str(error)) from None
    replay_id = uuid7()
    noting.done_to(record_id=replay_id)
    async with parts.database.transaction() as connection:
        await administration.begin(
            connection,
            replay_id,
            selection,
            requested_by=admin.name,
            events_per_second=body.events_per_second,
        )
        row = await REPLAYS.find(connection, str(replay_id))
    audit.note(key_id=admin.key_id, action="create", resource=NAME, record_id=replay_id, consumer=body.consumer)
    return _stored(row)


@router.put("/{record_id}", **dialect.described_record(ReplayRecord, EXAMPLE, 404, 409))
async def turn_replay(admin: Admin, parts: UsedParts, record_id: RecordId, body: ReplayChanges) -> ReplayRecord:
    """Stop a replay after the page that it sends (`state` `stopped`), or let a stopped one go on (`running`), also one
    that a command began. One that is done stays so: 409 `replay_done`. 422 `version_missing`: a whole
    record is stored with its version; `field_not_writable`: only the state can be changed."""
    async with parts.database.transaction() as connection:
        row = await REPLAYS.find(connection, record_id)
        if row is None:
            raise dialect.not_found(NAME)
        record = _shown(row)
        fixed = body.model_copy(update={name: getattr(record, name) for name in MOVING & body.model_fields_set})
        changes = dialect.changes(fixed, record, writable=WRITABLE)
        wanted = State(changes.get("state") or record.state)
        if wanted.value != record.state:
            if State.DONE in (wanted, State(record.state)):
                raise Problem(409, "replay_done", "A replay is done when all is sent, and stays so. Begin another one.")
            before = State(record.state)
            if not await administration.turn(connection, record.consumer, record.id, before=before, after=wanted):
                raise dialect.changed_meanwhile()
        row = await REPLAYS.find(connection, record_id)
    audit.note(key_id=admin.key_id, action="update", resource=NAME, record_id=record_id, state=wanted.value)
    return _stored(row)


def _shown(row: RowMapping) -> ReplayRecord:
    version = VERSIONS[State(row["state"])]
    return ReplayRecord.model_validate({**row, "id": row["replay_id"], "version": version})


def _stored(row: RowMapping | None) -> ReplayRecord:
    if row is None:
        raise LookupError("a replay just begun is not there")
    return _shown(row)
