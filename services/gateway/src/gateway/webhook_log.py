"""What the notifier shows of webhooks: how each fares, and what was sent to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from contracts.message_kinds import webhook_type
from contracts.model import Count, Model, Moment
from contracts.webhooks import owner_id
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.lists import Branches, Listing, Page, Window
from gateway.published import show_only
from gateway.replica import Reads
from gateway.sorting import Key, Sorting

_STATES = text("""
SELECT webhook_id, resumes, paused_at, paused_because, failing_since, last_error FROM notifier_published.webhook_states
WHERE webhook_id = ANY (CAST(:ids AS uuid[]))
""")
_COLUMNS = """
    cabinet_id, delivery_id, kind, order_id, status, attempts, created_at, finished_at, next_attempt_at,
    last_attempt_at, last_outcome, last_error, duration_ms
"""
_NEWEST_FIRST = Sorting("-created_at", (Key("created_at", "timestamptz"), Key("delivery_id", "uuid")), descending=True)


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    SENDING = "sending"
    DELIVERED = "delivered"
    FAILED = "failed"
    HELD = "held"


class WebhookDelivery(Model):
    """Something that a webhook is told, and what came of it."""

    delivery_id: UUID = Field(description="the `webhook-id` of its message, the same in every try")
    cabinet_id: UUID
    type: str = Field(examples=["order.new"])
    order_id: UUID | None
    status: DeliveryStatus = Field(
        description="failed: given up; held: came while the webhook was paused; both can be replayed"
    )
    tries: Count
    created_at: Moment
    finished_at: Moment | None
    last_try_at: Moment | None
    last_outcome: (
        Literal["delivered", "refused", "undeliverable", "held", "broken", "unavailable", "unanswered", "rate_limited"]
        | Literal["not_sent"]
        | None
    )
    last_error: str | None = Field(
        description="what the endpoint answered, or why it did not", examples=["answered 503"]
    )
    last_took_ms: Count | None
    next_try_at: Moment | None


@dataclass(frozen=True)
class NotifiersState:
    """What the notifier found out about an endpoint."""

    resumes: int
    """Of the subscription, as far as the notifier has heard."""
    paused_at: datetime | None
    paused_because: str | None
    failing_since: datetime | None
    last_error: str | None


@dataclass(frozen=True)
class DeliveryQuery:
    """Which deliveries of which webhook."""

    webhook_id: UUID
    cabinets: Sequence[UUID]
    status: DeliveryStatus | None = None


async def states(connection: AsyncConnection, user: int, webhook_ids: Sequence[UUID]) -> dict[UUID, NotifiersState]:
    """How the user's webhooks fare; one that the notifier has not heard of yet is not among them."""
    await show_only(connection, [owner_id(user)])
    found = await connection.execute(_STATES, {"ids": list(webhook_ids)})
    return {row["webhook_id"]: _state(dict(row)) for row in found.mappings()}


def listing(query: DeliveryQuery) -> Listing:
    """The list of a query."""
    conditions = ["webhook_id = :webhook_id"]
    if query.status is not None:
        # Not a parameter: what failed or is held has an index of its own.
        conditions.append(f"status = '{query.status.value}'")
    values = {"webhook_id": str(query.webhook_id)}
    branches = Branches.of(query.cabinets)
    return Listing("notifier_published.webhook_deliveries", _COLUMNS, conditions, values, _NEWEST_FIRST, branches)


async def page(reads: Reads, query: DeliveryQuery, window: Window) -> Page[WebhookDelivery]:
    """A page of deliveries, the newest first; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
    return Page([_shown(dict(row)) for row in rows.rows], rows.next_cursor, total, None)


def _state(row: dict[str, Any]) -> NotifiersState:
    del row["webhook_id"]
    return NotifiersState(**row)


def _shown(row: dict[str, object]) -> WebhookDelivery:
    renamed = {
        "type": webhook_type(str(row["kind"])),
        "tries": row["attempts"],
        "last_try_at": row["last_attempt_at"],
        "last_took_ms": row["duration_ms"],
        "next_try_at": row["next_attempt_at"],
    }
    return WebhookDelivery.model_validate(row | renamed)
