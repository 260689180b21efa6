"""What a database holds, as a number of rows and a hash for each table of every service."""

from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg
from demo.database import look
from local.environments import SERVICES

# Partitions are part of their table. Text is of a form that does not depend on a session's settings.
_TABLES = """
SELECT n.nspname AS schema, c.relname AS name, c.relpersistence = 'u' AS is_unlogged,
       (SELECT array_agg(quote_ident(a.attname) ORDER BY array_position(i.indkey::int2[], a.attnum))
        FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary) AS key
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1::text[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1, 2
"""
_HASH = """
SELECT count(*) AS rows, md5(coalesce(string_agg(md5(t::text), '' ORDER BY {key}), '')) AS hash FROM {table} t
"""
UNLOGGED = "unlogged: PostgreSQL empties it after a crash, and it is filled again by itself"


@dataclass(frozen=True)
class Held:
    """A table: how many rows, and the hash of all of them in the order of their primary key."""

    rows: int
    hash: str


@dataclass(frozen=True)
class Compared:
    """A table before and after; None where there was none. `reason` says why it is not compared, if it is not."""

    table: str
    before: Held | None
    after: Held | None
    reason: str | None = None

    @property
    def is_same(self) -> bool:
        return self.reason is not None or (self.before == self.after and self.before is not None)


@dataclass(frozen=True)
class Contents:
    """All tables of a moment by `schema.name`, and why some of them are not compared."""

    tables: Mapping[str, Held]
    left_out: Mapping[str, str]


def contents(admin_url: str) -> Contents:
    """Everything that the services hold, of one moment; it reads every row of every table."""

    async def read(connection: "asyncpg.Connection") -> Contents:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL TimeZone = 'UTC'")
            await connection.execute("SET LOCAL IntervalStyle = 'postgres'")
            tables, left_out = {}, {}
            for row in await connection.fetch(_TABLES, list(SERVICES)):
                name = f"{row['schema']}.{row['name']}"
                key = ", ".join(f"t.{column}" for column in row["key"] or ()) or "t::text"
                quoted = await connection.fetchval("SELECT format('%I.%I', $1::text, $2::text)", *name.split(".", 1))
                found = await connection.fetchrow(_HASH.format(key=key, table=quoted))
                tables[name] = Held(found["rows"], found["hash"])
                if row["is_unlogged"]:
                    left_out[name] = UNLOGGED
        return Contents(tables, left_out)

    return look(admin_url, read)


def compare(before: Contents, after: Contents) -> list[Compared]:
    """Every table that was there before or is there after, by name."""
    reasons = {**before.left_out, **after.left_out}
    names = sorted({*before.tables, *after.tables})
    return [Compared(name, before.tables.get(name), after.tables.get(name), reasons.get(name)) for name in names]
