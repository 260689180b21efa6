"""Small events."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Event
from contracts.syncs import SyncFailedV1, SyncRequestedV1
from servicekit.events import new_event


def sync_requested(cabinet_id: UUID | None = None) -> Event[Any]:
    """An event that the queue `ingestor.syncs` is bound to."""
    data = SyncRequestedV1(sync_id=uuid4(), resources=("orders",), requested_by=1)
    return new_event(data, cabinet_id=cabinet_id or uuid4())


def sync_failed() -> Event[Any]:
    """An event that the queue `gateway.syncs` is bound to."""
    data = SyncFailedV1(resource="orders", reason="down", failed_at=datetime.now(UTC))
    return new_event(data, cabinet_id=uuid4())
