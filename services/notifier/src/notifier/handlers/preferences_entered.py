"""A member of a cabinet entered what he wants to be told of it."""

from contracts.envelope import Event
from contracts.preferences import PreferencesEnteredV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# They may come before the news of the cabinet; of one that is gone nothing is kept. The lock is a disconnect's, too.
_IS_GONE = text("SELECT disconnected_at IS NOT NULL FROM cabinets WHERE cabinet_id = :cabinet_id FOR SHARE")
_ENTER = text("""
INSERT INTO preferences AS p (cabinet_id, telegram_id, channel, off, revision)
VALUES (:cabinet_id, :telegram_id, :channel, CAST(:off AS text[]), :revision)
ON CONFLICT (cabinet_id, telegram_id, channel) DO UPDATE SET off = excluded.off, revision = excluded.revision
WHERE p.revision < excluded.revision
""")


async def preferences_entered(connection: AsyncConnection, event: Event[PreferencesEnteredV1]) -> None:
    """The newest revision counts for what is enqueued from now on."""
    if await connection.scalar(_IS_GONE, {"cabinet_id": event.cabinetid}):
        return
    values = {**event.data.model_dump(exclude={"off"}), "cabinet_id": event.cabinetid, "off": list(event.data.off)}
    await connection.execute(_ENTER, values)
