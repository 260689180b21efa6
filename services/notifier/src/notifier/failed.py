"""Deliveries that were given up: looking at them, and trying them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.audit import Values
from servicekit.operators import record_command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LIST = text("""
SELECT cabinet_id, id, channel, kind, order_id, order_revision, attempts, last_error, created_at, finished_at
FROM deliveries WHERE status = 'failed' ORDER BY finished_at DESC LIMIT :limit
""")
# Whoever asks for it knows better than a chat's mark: it is asked again.
_RETRY = """
WITH retried AS (
    UPDATE deliveries SET status = 'pending', failures = 0, finished_at = NULL, next_attempt_at = clock_timestamp(),
        resent_at = clock_timestamp()
    WHERE status = 'failed' AND {which}
    RETURNING id, channel, recipient
), asked AS (
    UPDATE receivers r SET gone_at = NULL FROM retried
    WHERE (r.channel, r.recipient) = (retried.channel, retried.recipient) AND r.gone_at IS NOT NULL
)
SELECT count(*), pg_notify(current_schema() || '.deliveries', '') FROM retried
"""
_RETRY_ANY = text(_RETRY.format(which="(CAST(:id AS uuid) IS NULL OR id = :id)"))
_RETRY_ONE = text(_RETRY.format(which="(cabinet_id, id) = (:cabinet_id, :id)"))


@dataclass(frozen=True)
class FailedDelivery:
    """A delivery given up, without its text and recipient."""

    cabinet_id: UUID
    id: UUID
    channel: str
    kind: str
    order_id: UUID | None
    order_revision: int | None
    attempts: int
    last_error: str | None
    created_at: datetime
    finished_at: datetime


async def failed_deliveries(connection: AsyncConnection, *, limit: int) -> Sequence[FailedDelivery]:
    """The newest failures first."""
    return [FailedDelivery(**row) for row in (await connection.execute(_LIST, {"limit": limit})).mappings()]


async def retry_failed(connection: AsyncConnection, delivery_id: UUID | None = None) -> int:
    """Let one failed delivery (None: all) begin its schedule anew, as an operator's command; how many."""
    retried = int(await connection.scalar(_RETRY_ANY, {"id": delivery_id}) or 0)
    if retried:
        targets = {} if delivery_id is None else {"delivery_id": delivery_id}
        after: Values = {"retried": retried}
        await record_command(connection, "notifier", "notifier deliveries retry", targets=targets, after=after)
    return retried


async def retry_one(connection: AsyncConnection, cabinet_id: UUID, delivery_id: UUID) -> None:
    """Let a delivery of a cabinet begin its schedule anew, if it failed."""
    await connection.execute(_RETRY_ONE, {"cabinet_id": cabinet_id, "id": delivery_id})
