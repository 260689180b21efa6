"""Where the time of `servicekit.clock` comes from."""

from sqlalchemy import text

from servicekit import clock
from servicekit.db import Database

FOLLOW_SECONDS = 60.0

_NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)")


async def follow(database: Database) -> None:
    """Ask the database for its time, and go by it from now on."""
    async with database.transaction() as connection:
        asked_at = clock.wall()
        told = float(await connection.scalar(_NOW))
        clock.correct(told, asked_at=asked_at, answered_at=clock.wall())
