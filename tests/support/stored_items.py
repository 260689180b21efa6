"""Many rows of a caller's two cabinets, beside far more of somebody else's, to look at plans with."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from servicekit.db import Database
from sqlalchemy import text

from support.databases import empty
from support.gateway import User

OWN, FOREIGN = 2_000, 40_000
"""Rows of the caller's cabinets (a tenth of them in the smaller), and of somebody else's."""

_CABINET = """
    CASE WHEN n > :own THEN CAST(:foreign AS uuid) WHEN n % 10 = 0 THEN CAST(:small AS uuid)
        ELSE CAST(:large AS uuid) END
"""


@asynccontextmanager
async def filled(
    database: Database, user: User, other: User, store: Mapping[str, str], values: Mapping[str, Any]
) -> AsyncIterator[list[UUID]]:
    """Fill tables by statements over `generate_series(1, :all) AS n`, in which `{cabinet}` is whose row it is."""
    made = [UUID(str(await user.connect())) for _ in range(2)]
    foreign = await other.connect()
    given = {"large": made[0], "small": made[1], "foreign": foreign, "own": OWN, "all": OWN + FOREIGN, **values}
    async with database.transaction() as connection:
        for pattern in store.values():
            statement = text(pattern.format(cabinet=_CABINET))
            await connection.execute(statement, {name: given[name] for name in statement.compile().params})
    async with database.engine.connect() as plain:
        autocommit = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(f"VACUUM ANALYZE {', '.join(store)}"))
    yield made
    # Not for the next test's truncation to find: its statistics would stay.
    await empty(database)
