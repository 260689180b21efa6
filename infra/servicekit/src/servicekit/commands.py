"""Commands of a service: work to its end, or one line that says what is wrong."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy.exc import ArgumentError, DBAPIError

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives.

    Raises:
        SystemExit: 2, with a line on stderr, if the database cannot be reached or refuses us.
    """
    with database_answers():
        return asyncio.run(work)


@contextmanager
def database_answers() -> Iterator[None]:
    """Turns a database that cannot be reached, or refuses, into a line on stderr and exit code 2."""
    try:
        yield
    except ArgumentError as error:
        _end("DATABASE_URL is not a database URL: postgresql://role:password@host:port/database", error)
    except (OSError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        _end(f"the database does not do that: {type(cause).__name__}: {cause}", error)


def _end(message: str, cause: BaseException) -> None:
    print(message.splitlines()[0], file=sys.stderr)
    raise SystemExit(2) from cause
