"""The token that a seller gave last, and the end of a token that was told last."""

from contracts.cabinets import CabinetConnectedV1, CabinetTokenExpiringV1
from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Each keeps what is newest in columns of its own: whichever comes first, the end is the same.
_GIVEN = text("""
INSERT INTO cabinet_tokens AS known (cabinet_id, expires_at, given_at) VALUES (:cabinet_id, :expires_at, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET expires_at = excluded.expires_at, given_at = excluded.given_at
WHERE known.given_at IS NULL OR known.given_at < excluded.given_at
""")
_EXPIRING = text("""
INSERT INTO cabinet_tokens AS known (cabinet_id, expiring_at, threshold_days, told_at)
VALUES (:cabinet_id, :expires_at, :threshold_days, :time)
ON CONFLICT (cabinet_id) DO UPDATE
SET expiring_at = excluded.expiring_at, threshold_days = excluded.threshold_days, told_at = excluded.told_at
WHERE known.told_at IS NULL OR known.told_at < excluded.told_at
""")


async def store_given(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """The seller gave a token."""
    values = {"cabinet_id": event.cabinetid, "time": event.time, "expires_at": event.data.claims.expires_at}
    await connection.execute(_GIVEN, values)


async def store_expiring(connection: AsyncConnection, event: Event[CabinetTokenExpiringV1]) -> None:
    """A token ends soon."""
    values = {"cabinet_id": event.cabinetid, "time": event.time, **dict(event.data)}
    await connection.execute(_EXPIRING, values)
