"""Telling of tokens that end soon: once for each threshold of each token."""

from datetime import datetime

from contracts.cabinets import CabinetTokenExpiringV1
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy import text

from ingestor.causes import make_event

EVERY_SECONDS = 10 * 60

THRESHOLDS_DAYS = (30, 14, 7, 3, 1)

# Only the nearest threshold is told: a token connected with five days left is not told of thirty first. Of several
# processes one gets the row, and the others find the threshold told.
_TELL = text("""
    UPDATE cabinets c SET expiry_told_days = passed.threshold
    FROM (
        SELECT cabinet_id, min(threshold) AS threshold
        FROM cabinets JOIN unnest(CAST(:thresholds AS integer[])) AS threshold
            ON expires_at <= coalesce(CAST(:now AS timestamptz), now()) + make_interval(days => threshold)
        WHERE expires_at > coalesce(CAST(:now AS timestamptz), now())
        GROUP BY cabinet_id
    ) AS passed
    WHERE c.cabinet_id = passed.cabinet_id AND (c.expiry_told_days IS NULL OR c.expiry_told_days > passed.threshold)
    RETURNING c.cabinet_id, c.expires_at, passed.threshold
""")


async def tell_expiring(database: Database, now: datetime | None = None) -> int:
    """Publish `cabinet.token_expiring` where a threshold was passed since the last look; how many.

    `now` stands in for the database's clock.
    """
    async with database.transaction() as connection:
        told = (await connection.execute(_TELL, {"thresholds": list(THRESHOLDS_DAYS), "now": now})).all()
        await outbox.append(
            connection,
            [
                make_event(
                    CabinetTokenExpiringV1(expires_at=row.expires_at, threshold_days=row.threshold), row.cabinet_id
                )
                for row in told
            ],
        )
    return len(told)
