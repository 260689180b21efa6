"""The inbox: a consumer handles an event once, however often the broker delivers it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_INSERT = text(
    "INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id"
)
_INSERT_MANY = text("""
INSERT INTO inbox (consumer, event_id) SELECT :consumer, unnest(CAST(:event_ids AS uuid[]))
ON CONFLICT DO NOTHING RETURNING event_id
""")

KEEP_DAYS = 100
"""As long as the event log: a dead letter put back after weeks must still be recognised."""


async def first_time(connection: AsyncConnection, consumer: str, event_id: UUID) -> bool:
    """Whether the consumer has not handled this event; marks it handled in the caller's transaction.

    A second transaction with the same event waits for the first to end: there is no gap between look and mark.
    """
    return (await connection.execute(_INSERT, {"consumer": consumer, "event_id": event_id})).first() is not None


async def first_times(connection: AsyncConnection, consumer: str, event_ids: Collection[UUID]) -> set[UUID]:
    """As `first_time`, of many: those that the consumer has not handled."""
    # In order: two transactions with some of the same events do not wait for one another in a circle.
    values = {"consumer": consumer, "event_ids": sorted(set(event_ids))}
    return set((await connection.execute(_INSERT_MANY, values)).scalars())
