"""What the notifier shows of targets: which channels it sends over, and how each target fares."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.webhooks import owner_id
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.published import show_only

_CHANNELS = text("SELECT channel, public_key FROM notifier_published.channels")
_STATES = text("""
SELECT target_id, revision, ended_at, ended_because, failing_since, last_error FROM notifier_published.target_states
WHERE target_id = ANY (CAST(:ids AS uuid[]))
""")


@dataclass(frozen=True)
class Fares:
    """How a target fares, in the revision that the notifier knows."""

    target_id: UUID
    revision: int
    ended_at: datetime | None
    ended_because: str | None
    failing_since: datetime | None
    last_error: str | None


async def channels(connection: AsyncConnection) -> dict[str, str | None]:
    """The channels that the notifier sends over, each with the public key that receivers need, where there is one."""
    return {row.channel: row.public_key for row in await connection.execute(_CHANNELS)}


async def states(connection: AsyncConnection, user: int, target_ids: Sequence[UUID]) -> dict[UUID, Fares]:
    """How the user's targets fare; one that the notifier has not heard of yet is not among them."""
    await show_only(connection, [owner_id(user)])
    found = await connection.execute(_STATES, {"ids": list(target_ids)})
    return {row["target_id"]: Fares(**row) for row in found.mappings()}
