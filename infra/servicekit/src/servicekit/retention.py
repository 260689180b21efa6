"""How long rows stay: a rule for every table of a service, and what deletes the old ones.

Rows go in batches, each of which is a transaction by itself, the oldest first: a crash loses one batch, no statement
grows with the table, and nothing waits for long. Rows that somebody holds stay until the next time. Any number of
processes may do it at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from sqlalchemy import TextClause, text

from servicekit import inbox
from servicekit.db import Database
from servicekit.outbox import partitions

log = structlog.get_logger()

EVERY_SECONDS = 6 * 60 * 60

BATCH_ROWS = 2_000
"""Some 100 ms, with what goes with them."""


@dataclass(frozen=True)
class OlderThan:
    """Rows go `days` after `moment`, a column that an index begins with; one without a moment stays."""

    moment: str
    days: int

    def __str__(self) -> str:
        return f"{self.days} {'day' if self.days == 1 else 'days'} after `{self.moment}`"


@dataclass(frozen=True)
class OnePer:
    """There is a row for each `thing`, however long the service runs; it goes with the thing, or with its cabinet."""

    thing: str

    def __str__(self) -> str:
        return f"one row per {self.thing}"


@dataclass(frozen=True)
class Otherwise:
    """Rows go in a way of their own."""

    how: str

    def __str__(self) -> str:
        return self.how


Rule = OlderThan | OnePer | Otherwise

OF_EVERY_SERVICE: Mapping[str, Rule] = {
    "alembic_version": OnePer("schema"),
    "disconnected_cabinets": OnePer("cabinet ever disconnected: an event that comes late must not bring it back"),
    "inbox": OlderThan("received_at", inbox.KEEP_DAYS),
    "outbox": Otherwise(f"a partition of a day goes after {partitions.KEEP_DAYS} days, once all in it was sent"),
}
"""Rules of the tables that every service has."""


async def forget_old(database: Database, rules: Mapping[str, Rule]) -> dict[str, int]:
    """Delete the rows that are `OlderThan` their rule, here and in `OF_EVERY_SERVICE`; how many of each table.

    A table that fails is tried again the next time and holds up no other.
    """
    forgotten = {}
    for table, rule in {**OF_EVERY_SERVICE, **rules}.items():
        if isinstance(rule, OlderThan):
            try:
                forgotten[table] = await in_batches(database, delete_oldest(table, rule), days=rule.days)
            except Exception as error:
                log.error("retention.failed", table=table, exc_info=error)  # noqa: TRY400  # structlog's way
    if told := {table: rows for table, rows in forgotten.items() if rows}:
        log.info("retention.forgotten", rows=told)
    return forgotten


async def in_batches(database: Database, delete: TextClause, **values: object) -> int:
    """Run a statement that deletes `:batch` rows at most until it finds no more than that; how many it deleted."""
    forgotten, deleted = 0, BATCH_ROWS
    while deleted == BATCH_ROWS:
        async with database.transaction() as connection:
            # A planner that takes the old rows for half of the table would read all of it, batch by batch.
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            deleted = (await connection.execute(delete, {"batch": BATCH_ROWS, **values})).rowcount
        forgotten += deleted
    return forgotten


def delete_oldest(table: str, rule: OlderThan) -> TextClause:
    """What deletes the oldest of a table's rows: those that are `:days` old, `:batch` at most."""
    return text(f"""
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM {table} WHERE {rule.moment} < now() - make_interval(days => :days)
            ORDER BY {rule.moment} LIMIT :batch FOR UPDATE SKIP LOCKED
        ))
    """)
