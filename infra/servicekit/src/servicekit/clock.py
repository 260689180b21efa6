"""The time by the database's clock, which all services share.

What is due, leased or old is compared in SQL, by the database's own clock. But services also write times of their own:
into events, whose order decides which token, verdict or disconnection is the last one, and into rows that SQL compares.
Clocks of machines differ, by minutes where nobody sets them; by this one they do not.
"""

import time
from datetime import UTC, datetime

import structlog
from sqlalchemy import text

from servicekit.db import Database

log = structlog.get_logger()

TOLERANCE_SECONDS = 1.0
"""What differs by less is left alone, so that time does not go back and forth by what a measurement is off."""

FOLLOW_SECONDS = 60.0

_NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)")

wall = time.time
"""This machine's clock, in Unix seconds."""

_difference_seconds = 0.0


def now() -> datetime:
    """The database's time, as far as `follow` knows of it; until it was called, this machine's."""
    return datetime.fromtimestamp(wall() + _difference_seconds, UTC)


async def follow(database: Database) -> None:
    """Ask the database for its time, and go by it from now on."""
    global _difference_seconds  # noqa: PLW0603  # a process has one clock
    async with database.transaction() as connection:
        asked_at = wall()
        told = float(await connection.scalar(_NOW))
        answered_at = wall()
    measured = told - (asked_at + answered_at) / 2
    if abs(measured - _difference_seconds) > TOLERANCE_SECONDS + (answered_at - asked_at):
        log.warning("clock.differs", database_ahead_seconds=round(measured, 3))
        _difference_seconds = measured
