"""The inbox: a consumer handles an event once, however often the broker delivers it."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_INSERT = text(
    "INSERT INTO inbox (consumer, event_id) VALUES (:consumer, :event_id) ON CONFLICT DO NOTHING RETURNING event_id"
)

KEEP_DAYS = 100
"""As long as the event log: a dead letter put back after weeks must still be recognised."""


async def first_time(connection: AsyncConnection, consumer: str, event_id: UUID) -> bool:
    """Whether the consumer has not handled this event; marks it handled in the caller's transaction.

    A second transaction with the same event waits for the first to end: there is no gap between look and mark.
    """
    return (await connection.execute(_INSERT, {"consumer": consumer, "event_id": event_id})).first() is not None
