"""Events of data that stopped coming from Wildberries, and came again."""

from typing import Annotated

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Model, Moment


class DelayedResource(Model):
    """A resource that has not been read to its end for much longer than it should take."""

    resource: str
    last_success_at: Moment
    reason: str | None = Field(default=None, description="what WB answered last, if it gave no data; without secrets")


class RecoveredResource(Model):
    """A resource that is read again."""

    resource: str
    delayed_since: Moment = Field(description="when it was read last before the delay")
    recovered_at: Moment


class DataDelayedV1(EventData, type="data.delayed.v1", publisher="ingestor"):
    """Data of a cabinet do not come; told once for each delay. Orders are told apart from everything else."""

    resources: Annotated[tuple[DelayedResource, ...], Field(min_length=1)]


class DataRecoveredV1(EventData, type="data.recovered.v1", publisher="ingestor"):
    """Data whose delay was told come again."""

    resources: Annotated[tuple[RecoveredResource, ...], Field(min_length=1)]
