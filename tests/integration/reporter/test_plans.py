"""How PostgreSQL plans the reporter's statements."""

from pydantic import SecretStr
from reporter.settings import Settings
from servicekit import db
from servicekit.db import STATEMENTS, Database
from sqlalchemy import text

UNUSED = SecretStr("unused://")


async def test_a_statement_is_planned_once_for_all_values(reporter_db: Database) -> None:
    settings = Settings(database_url=SecretStr(reporter_db.dsn), redis_url=UNUSED, rabbitmq_url=UNUSED)
    database = db.connect(settings)
    async with database.transaction() as connection:
        for number in range(10):
            await connection.execute(text("SELECT count(*) FROM day_totals WHERE nm_id = :nm_id"), {"nm_id": number})
        found = await connection.execute(text("SELECT generic_plans, custom_plans FROM pg_prepared_statements"))
        plans = {(row.generic_plans, row.custom_plans) for row in found if row.generic_plans + row.custom_plans >= 10}
    await database.close()
    assert plans == {(10, 0)}


async def test_a_connection_keeps_every_statement_that_it_was_sent(reporter_db: Database) -> None:
    async with reporter_db.transaction() as connection:
        for number in range(STATEMENTS // 2):
            await connection.execute(text(f"SELECT {number}"))
        kept = await connection.scalar(
            text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT %'")
        )
    assert kept >= STATEMENTS // 2
