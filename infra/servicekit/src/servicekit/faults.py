"""Whose fault a failure is: ours, if what we stand on is away or too busy, or else that of what was being done."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import asyncpg
import redis.exceptions
import sqlalchemy.exc
from sqlalchemy import text

from servicekit.db import Database

_OURS = (
    OSError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
    sqlalchemy.exc.TimeoutError,  # the pool's
    sqlalchemy.exc.DisconnectionError,
)
_OUR_STATES = ("08", "25006", "28", "3D", "40", "53", "55P03", "57P", "58")
"""SQLSTATE, or its beginning: connection, standby, login, database, deadlock, resources, lock, shutdown, I/O."""

_CANCELLED = "57014"

_CLOSED = ("connection is closed", "released back to the pool")
"""What the driver says, in words alone, of a session that had ended before it was used again."""

LOOK_SECONDS = 1.0
LOOK_TIMEOUT_SECONDS = 5.0


def is_away(error: BaseException) -> bool:
    """Whether the error, or one that caused it, says that what we stand on could not be asked, or not now.

    A statement that took too long may say so too.
    """
    return any(
        isinstance(cause, _OURS) or _lost(cause) or _state(cause).startswith((*_OUR_STATES, _CANCELLED))
        for cause in _causes(error)
    )


async def is_ours(error: BaseException, database: Database) -> bool:
    """As `is_away`, but what took too long is to blame itself if the database answers."""
    if took_too_long(error):
        return not await answers(database)
    return is_away(error)


def took_too_long(error: BaseException) -> bool:
    """Whether the error, or one that caused it, says that something was not done in time."""
    return any(isinstance(cause, TimeoutError) or _state(cause) == _CANCELLED for cause in _causes(error))


async def answers(database: Database) -> bool:
    """Whether the database answers within `LOOK_TIMEOUT_SECONDS`."""
    try:
        async with asyncio.timeout(LOOK_TIMEOUT_SECONDS), database.transaction() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception:
        return False
    return True


async def until_it_answers(database: Database, seconds: float) -> None:
    """Return when the database answers, or after `seconds`; of those that wait, one looks."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), database.looking:
            while not await answers(database):  # noqa: ASYNC110  # nothing tells that a server is back
                await asyncio.sleep(LOOK_SECONDS)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__


def _lost(error: BaseException) -> bool:
    if isinstance(error, asyncpg.InterfaceError):
        return any(words in str(error) for words in _CLOSED)
    return isinstance(error, sqlalchemy.exc.DBAPIError) and error.connection_invalidated


def _state(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")
