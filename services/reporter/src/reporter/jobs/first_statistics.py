"""A table that was empty when the planner looked at it last is looked at again once it has rows.

The server would do so within a minute. Until then every index looks as good as any other: a first load would read the
whole cabinet for each day that it counts.
"""

import structlog
from servicekit.db import Database
from sqlalchemy import text

log = structlog.get_logger()

FIRST_BYTES = 64 * 1024
"""Of less there is nothing to choose."""

# `reltuples` is -1 where nobody has ever looked, and 0 where there was nothing. Of a table that was emptied only the
# dead rows are left, until it is vacuumed: looking would find nothing, again and again.
_UNSEEN = text("""
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind = 'r' AND NOT relispartition
    AND reltuples <= 0 AND pg_relation_size(oid) >= :bytes AND pg_stat_get_live_tuples(oid) > 0
ORDER BY relname
""")


async def look_first(database: Database) -> list[str]:
    """Analyse the tables that have grown from nothing; their names."""
    async with database.transaction() as connection:
        names = list((await connection.execute(_UNSEEN, {"bytes": FIRST_BYTES})).scalars())
    for name in names:
        async with database.transaction() as connection:
            await connection.exec_driver_sql(f"ANALYZE {name}")
        log.info("table.analysed", table=name)
    return names
