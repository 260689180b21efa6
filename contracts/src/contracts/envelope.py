"""The envelope around every event: CloudEvents 1.0 attributes as JSON, plus Pulse's own extensions."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import Field
from uuid_utils.compat import uuid7

from contracts.model import Model, Moment

CONTENT_TYPE = "application/cloudevents+json"


class Origin(StrEnum):
    """Why an event exists. Only `live` events may reach a person as a message."""

    LIVE = "live"
    BACKFILL = "backfill"
    REPLAY = "replay"


class EventData(Model):
    """The payload of one event type; `TYPE` is past tense, versioned, and the routing key."""

    TYPE: ClassVar[str]


D = TypeVar("D", bound=EventData)
D_co = TypeVar("D_co", bound=EventData, covariant=True)


class Event(Model, Generic[D_co]):
    """One event: CloudEvents attributes, the cabinet it belongs to, where it came from, its data."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID = Field(description="UUIDv7; consumers remember it in their inbox")
    source: str = Field(description="the publishing service, e.g. /pulse/ingestor")
    type: str
    subject: str = Field(description="what the event is about, e.g. cabinet/<id>")
    time: Moment
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    cabinetid: UUID
    origin: Origin = Origin.LIVE
    correlationid: UUID = Field(description="shared by everything that follows from one first cause")
    causationid: UUID | None = Field(default=None, description="id of the event that caused this one")
    replayid: UUID | None = None
    traceparent: str | None = Field(default=None, description="W3C trace context in which the event was made")
    data: D_co

    @classmethod
    def new(
        cls,
        data: EventData,
        *,
        source: str,
        cabinet_id: UUID,
        origin: Origin = Origin.LIVE,
        cause: "Event[Any] | None" = None,
        traceparent: str | None = None,
    ) -> Self:
        """A new event made now; what it shares with its `cause` (correlation, replay) is inherited."""
        event_id = uuid7()
        return cls(
            id=event_id,
            source=f"/pulse/{source}",
            type=data.TYPE,
            subject=f"cabinet/{cabinet_id}",
            time=datetime.now(UTC),
            dataschema=schema_path(data.TYPE),
            cabinetid=cabinet_id,
            origin=origin,
            correlationid=cause.correlationid if cause else event_id,
            causationid=cause.id if cause else None,
            replayid=cause.replayid if cause else None,
            traceparent=traceparent,
            data=data,
        )


def schema_path(event_type: str) -> str:
    """Where the JSON Schema of an event type lies, relative to the contracts folder."""
    return f"schemas/{event_type}.json"
