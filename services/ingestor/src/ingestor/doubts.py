"""What a sync was refused for, and the check of the token that follows from it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.refusals import RefusalReason

# One check a minute is asked for at most: `ping` may be called three times in half a minute, and not as a habit.
_DOUBT = text("""
    UPDATE cabinets SET doubt = CASE WHEN doubt = 'payment_required' THEN doubt ELSE :reason END,
        next_check_at = coalesce(next_check_at, greatest(now(), checked_at + make_interval(secs => :seconds)))
    WHERE cabinet_id = :cabinet_id AND status = 'verified'
""")

BETWEEN_CHECKS = timedelta(minutes=1)
"""Between an accepted check and the next one that a refused sync asks for."""


async def doubt(connection: AsyncConnection, cabinet_id: UUID, reason: RefusalReason, *, rate: float) -> None:
    """WB refused one sync as it would if it refused the token: let that be checked soon."""
    seconds = BETWEEN_CHECKS.total_seconds() / rate
    await connection.execute(_DOUBT, {"cabinet_id": cabinet_id, "reason": reason, "seconds": seconds})
