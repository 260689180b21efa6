"""A database that is away, or a value that it refuses."""

import asyncpg
import pytest
from servicekit.faults import is_away
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class DriverError(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def wrapped(sqlstate: str | None, *, is_gone: bool = False) -> DBAPIError:
    return DBAPIError("UPDATE", {}, DriverError(sqlstate), connection_invalidated=is_gone)


@pytest.mark.parametrize("sqlstate", ["08006", "40P01", "40001", "53300", "55P03", "57P01", "57014", "58030"])
def test_postgresqls_own_trouble_passes(sqlstate: str) -> None:
    assert is_away(wrapped(sqlstate))


@pytest.mark.parametrize("error", [ConnectionError(), OSError(), TimeoutError(), PoolTimeout()])
def test_a_connection_that_is_not_to_be_had_comes_back(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.parametrize(
    "said",
    [
        "connection is closed",
        "cannot call Connection.fetch(): connection has been released back to the pool",
        "cannot call PreparedStatement.fetch(): the underlying connection is closed",
    ],
)
def test_so_does_a_session_that_ended_before_it_was_used_again(said: str) -> None:
    assert is_away(asyncpg.InterfaceError(said))


def test_but_not_a_driver_that_is_asked_wrongly() -> None:
    assert not is_away(asyncpg.InterfaceError("the server expects 1 argument for this query, 2 were passed"))


def test_a_connection_that_was_lost_comes_back() -> None:
    assert is_away(wrapped(None, is_gone=True))


@pytest.mark.parametrize(
    "error",
    [wrapped("22021"), wrapped("23505"), InterfaceError("UPDATE", {}, DriverError(None)), ValueError(), KeyError("x")],
)
def test_what_a_value_breaks_stays_broken(error: Exception) -> None:
    assert not is_away(error)
