"""The envelope around every event: CloudEvents 1.0 attributes as JSON, plus Pulse's own extensions."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, get_args
from uuid import UUID

from pydantic import Field
from uuid_utils.compat import uuid7

from contracts.model import Model, Moment

CONTENT_TYPE = "application/cloudevents+json"


Service = Literal["gateway", "ingestor", "reporter", "notifier", "audit"]
SERVICES: tuple[str, ...] = get_args(Service)


class Origin(StrEnum):
    """Why an event exists. Only `live` events may reach a person as a message."""

    LIVE = "live"
    BACKFILL = "backfill"
    REPLAY = "replay"


class EventData(Model):
    """The payload of one event type, which states the type and who publishes it:

        class OrdersUpdatedV1(EventData, type="orders.updated.v1", publisher="ingestor"): ...

    The type is past tense, versioned, and the routing key of live events; one service publishes it.
    """

    TYPE: ClassVar[str]
    PUBLISHER: ClassVar[Service]

    def __init_subclass__(cls, *, type: str, publisher: Service) -> None:
        super().__init_subclass__()
        cls.TYPE = type
        cls.PUBLISHER = publisher


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
    dataschema: str = Field(description="absolute URI of the JSON Schema: the `$id` of schemas/<type>.json")
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
        cabinet_id: UUID,
        origin: Origin = Origin.LIVE,
        cause: "Event[Any] | None" = None,
        traceparent: str | None = None,
        time: datetime | None = None,
    ) -> Self:
        """A new event of its publisher, made at `time` (none: now).

        What it shares with its `cause` (correlation, replay) is inherited.
        """
        event_id = uuid7()
        return cls(
            id=event_id,
            source=f"/pulse/{data.PUBLISHER}",
            type=data.TYPE,
            subject=f"cabinet/{cabinet_id}",
            time=time or datetime.now(UTC),
            dataschema=schema_uri(data.TYPE),
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


def schema_uri(event_type: str) -> str:
    """The name of an event type's JSON Schema: an absolute URI, as CloudEvents ask, that no host has to serve."""
    return f"urn:pulse:schema:{event_type}"
