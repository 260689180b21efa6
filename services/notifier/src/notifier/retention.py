"""Forgetting deliveries that ended long ago."""

from servicekit.db import Database
from sqlalchemy import text

KEEP_DAYS = 100
"""As long as the inbox remembers events: until then a repeat must still meet its delivery."""

BATCH = 5_000

_FORGET = text("""
DELETE FROM deliveries WHERE (cabinet_id, id) IN (
    SELECT cabinet_id, id FROM deliveries
    WHERE finished_at < now() - make_interval(days => :days) ORDER BY finished_at LIMIT :batch
)
""")


async def forget_old(database: Database) -> None:
    """Delete deliveries (and their attempts) that ended more than `KEEP_DAYS` ago, in short transactions."""
    forgotten = BATCH
    while forgotten == BATCH:
        async with database.transaction() as connection:
            forgotten = (await connection.execute(_FORGET, {"days": KEEP_DAYS, "batch": BATCH})).rowcount
