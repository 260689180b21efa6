"""What people were told, or not, and why: deliveries as the notifier keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.model import Count, Model, Moment
from contracts.notifications import Channel
from pydantic import ConfigDict, Field

from gateway.lists import Branches, Listing, Page, Window
from gateway.replica import Reads
from gateway.sorting import Key, Sorting


class ToldStatus(StrEnum):
    """How far something that was to be told has come."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    DROPPED = "dropped"
    FAILED = "failed"


class Told(Model):
    """Something you were told, are still to be told, or were not, and why."""

    delivery_id: UUID
    cabinet_id: UUID
    channel: Channel
    kind: str = Field(description="what it is about: `GET /notifications/kinds`", examples=["order_new"])
    told_as: str | None = Field(description="the kind that it was told as; null: not told yet", examples=["order_big"])
    told_in: UUID | None = Field(description="the delivery whose message told it as well; null: it had its own")
    status: ToldStatus
    reason: str | None = Field(
        description="why it was sent, put off, left out or told together with others; null: not decided yet",
        examples=["quiet"],
    )
    nm_id: int | None = Field(description="the item that it is about")
    order_id: UUID | None
    tries: Count
    last_error: str | None
    created_at: Moment
    finished_at: Moment | None
    next_try_at: Moment | None = Field(description="null: it has ended")


class ToldWhy(Told):
    """The same with what it was made of."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    event_id: UUID = Field(description="of the event that it tells")
    correlation_id: UUID = Field(description="of everything that happened because of the same cause")
    reported_at: Moment = Field(description="when its figures were taken")
    figures: dict[str, Any] = Field(description="what it tells, as the event has it; `GET /notifications/kinds`")


@dataclass(frozen=True)
class ToldQuery:
    """Which deliveries to whom."""

    telegram_id: int
    cabinets: Sequence[UUID]
    status: ToldStatus | None = None
    kind: str | None = None


_COLUMNS = (
    "delivery_id, cabinet_id, channel, kind, told_as, told_in, status, reason, nm_id, order_id, attempts AS tries, "
    "last_error, created_at, finished_at, "
    "CASE WHEN status IN ('pending', 'sending') THEN next_attempt_at END AS next_try_at"
)
_NEWEST_FIRST = Sorting("-created_at", (Key("created_at", "timestamptz"), Key("delivery_id", "uuid")), descending=True)
_FIND = f"""
SELECT {_COLUMNS}, event_id, correlation_id, reported_at, payload AS figures FROM notifier_published.told
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND delivery_id = :delivery_id
"""


def listing(query: ToldQuery) -> Listing:
    """The list of a query."""
    conditions, values = ["telegram_id = :telegram_id"], dict[str, Any](telegram_id=query.telegram_id)
    if query.status is not None:
        conditions.append("status = :status")
        values["status"] = query.status.value
    if query.kind is not None:
        conditions.append("kind = :kind")
        values["kind"] = query.kind
    branches = Branches.of(query.cabinets)
    return Listing("notifier_published.told", _COLUMNS, conditions, values, _NEWEST_FIRST, branches)


async def page(reads: Reads, query: ToldQuery, window: Window) -> Page[Told]:
    """A page of what somebody was told, the newest first; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
    return Page([Told.model_validate(dict(row)) for row in rows.rows], rows.next_cursor, total, None)


async def find(reads: Reads, cabinets: Sequence[UUID], delivery_id: UUID) -> ToldWhy | None:
    """One of them with what it was made of; none: nobody of these cabinets was to be told it."""
    async with reads.showing(cabinets) as shown:
        row = await shown.row(_FIND, {"cabinets": list(cabinets), "delivery_id": delivery_id})
    return None if row is None else ToldWhy.model_validate(dict(row))
