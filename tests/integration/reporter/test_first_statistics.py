"""The planner learns of a first load within seconds."""

from uuid import UUID

from reporter.jobs.first_statistics import look_first
from servicekit.db import Database
from sqlalchemy import text

FILL = """
INSERT INTO stale_cells (cabinet_id, nm_id, day)
SELECT CAST(:cabinet_id AS uuid), n, current_date FROM generate_series(1, 5000) AS n
"""


async def change(database: Database, *statements: str, cabinet_id: UUID) -> None:
    """In one transaction, which others' statistics learn of with the commit and not within a second."""
    async with database.transaction() as connection:
        for statement in (*statements, "SELECT pg_stat_force_next_flush()"):
            await connection.execute(text(statement), {"cabinet_id": cabinet_id} if ":" in statement else {})


EMPTY = "TRUNCATE stale_cells"


async def test_a_table_that_has_grown_from_nothing_is_looked_at_once(reporter_db: Database, cabinet_id: UUID) -> None:
    await change(reporter_db, EMPTY, cabinet_id=cabinet_id)
    await look_first(reporter_db)
    assert "stale_cells" not in await look_first(reporter_db)  # there is nothing in it
    await change(reporter_db, FILL, cabinet_id=cabinet_id)
    assert "stale_cells" in await look_first(reporter_db)
    assert await look_first(reporter_db) == []


async def test_where_only_dead_rows_are_left_nobody_looks(reporter_db: Database, cabinet_id: UUID) -> None:
    await change(reporter_db, EMPTY, FILL, "DELETE FROM stale_cells", cabinet_id=cabinet_id)
    assert "stale_cells" not in await look_first(reporter_db)
