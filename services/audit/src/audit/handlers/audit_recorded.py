"""Records are added to their chains, many at a time."""

from collections.abc import Sequence

from contracts.audit import AuditRecordedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from audit import store


async def audit_recorded(connection: AsyncConnection, events: Sequence[Event[AuditRecordedV1]]) -> None:
    """Add each at the end of its tenant's chain, of a cabinet that was disconnected too: its records are to stay."""
    await store.append(connection, events)
