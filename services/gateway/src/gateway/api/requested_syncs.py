"""How a sync is asked for, and how one that was asked for is shown: to users and to administrators."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from contracts.model import Count, Model, Moment
from contracts.syncs import ResourceName
from pydantic import BaseModel, ConfigDict, Field

from gateway import syncs
from gateway.api.problems import Problem

USUAL_RESOURCES: tuple[ResourceName, ...] = ("orders", "products", "stocks")
"""What is synced where a request names nothing: what a seller looks at, and every token can read at once."""

RunStatus = Literal["queued", "running", "completed", "failed"]


def _may_repeat(schema: dict[str, Any]) -> None:
    del schema["uniqueItems"]  # which would refuse what is accepted


class StartSync(BaseModel):
    """What to sync."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"cabinet_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a11", "resources": ["orders", "stocks"]}]
        },
    )

    cabinet_id: UUID
    resources: frozenset[ResourceName] = Field(
        default=frozenset(USUAL_RESOURCES), min_length=1, json_schema_extra=_may_repeat
    )

    def in_order(self) -> Sequence[ResourceName]:
        """Its resources, always in the same order."""
        return [resource for resource in get_args(ResourceName) if resource in self.resources]


class RunResource(Model):
    """One resource of a requested sync."""

    resource: str
    status: RunStatus
    started_at: Moment | None
    finished_at: Moment | None
    rows_new: Count | None
    rows_changed: Count | None
    rows_same: Count | None
    rows_quarantined: Count | None
    reason: str | None = Field(description="why it failed; what fails is tried again by itself")


class Run(Model):
    """A requested sync."""

    sync_id: UUID
    status: RunStatus
    requested_at: Moment
    finished_at: Moment | None
    resources: tuple[RunResource, ...]


def form_run(
    sync_id: UUID,
    requested_at: datetime,
    finished_at: datetime | None,
    parts: Iterable[syncs.Part],
    running: Collection[tuple[UUID | None, str]],
) -> Run:
    """A requested sync as it is shown; `running` are those parts (sync, resource) that the ingestor reads just now."""
    resources = tuple(
        RunResource.model_validate({**vars(part), "status": "running"})
        if part.status == "queued" and (sync_id, part.resource) in running
        else RunResource.model_validate(vars(part))
        for part in parts
    )
    return Run(
        sync_id=sync_id,
        status=_overall({resource.status for resource in resources}, is_finished=finished_at is not None),
        requested_at=requested_at,
        finished_at=finished_at,
        resources=resources,
    )


def _overall(statuses: set[RunStatus], *, is_finished: bool) -> RunStatus:
    if is_finished:
        return "completed" if statuses == {"completed"} else "failed"
    return "queued" if statuses == {"queued"} else "running"


def cabinet_unchecked() -> Problem:
    """WB has not answered about a cabinet's token yet."""
    detail = "WB has not answered about this cabinet's token yet; its first load begins then."
    return Problem(409, "cabinet_unchecked", detail)
