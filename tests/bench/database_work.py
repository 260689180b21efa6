"""What a PostgreSQL has done of late: time in statements, transactions, WAL, and what updates left behind."""

import asyncio
from dataclasses import dataclass, fields

import asyncpg

from bench.processes import server_cpu_seconds

TABLES = ("sync_state", "sync_logs")

_WORK = """
    SELECT active_time / 1000 AS statement_seconds, xact_commit AS transactions,
        pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float AS wal_bytes,
        (SELECT sum(n_tup_upd) FROM pg_stat_user_tables WHERE relname = 'sync_state')::float AS state_updates,
        (SELECT sum(n_tup_hot_upd) FROM pg_stat_user_tables WHERE relname = 'sync_state')::float AS state_hot_updates,
        (SELECT sum(n_tup_ins) FROM pg_stat_user_tables WHERE relname = 'sync_logs')::float AS log_rows
    FROM pg_stat_database WHERE datname = current_database()
"""
_BYTES = "SELECT sum(pg_total_relation_size(name::regclass))::float FROM unnest($1::text[]) AS names (name)"
FLUSHED_SECONDS = 1.5
"""A backend tells its statistics a second after its last transaction."""


@dataclass(frozen=True)
class Work:
    """Since some beginning, or between two moments."""

    statement_seconds: float
    transactions: float
    wal_bytes: float
    state_updates: float
    state_hot_updates: float
    log_rows: float
    cpu_seconds: float
    state_bytes: float
    log_bytes: float

    def since(self, before: "Work") -> "Work":
        """What came after `before`."""
        return Work(*(getattr(self, each.name) - getattr(before, each.name) for each in fields(self)))


async def work_of(database: asyncpg.Connection) -> Work:
    """What the database of the connection has done so far."""
    await asyncio.sleep(FLUSHED_SECONDS)
    await database.execute("SELECT pg_stat_clear_snapshot()")
    row = await database.fetchrow(_WORK)
    assert row is not None
    cpu = server_cpu_seconds(database.get_server_pid()) or 0.0
    state, log = [await database.fetchval(_BYTES, [table]) for table in TABLES]
    return Work(
        **{name: float(value) for name, value in row.items()}, cpu_seconds=cpu, state_bytes=state, log_bytes=log
    )
