"""The completeness ledger: what is known of each day of a resource, and what re-readings of it found.

A day's row in `completeness` says how many rows are stored of it, what they hash to whatever their order, and what is
amiss: `late` rows were found by a re-reading (they are stored with it), `hidden` ones are stored and Wildberries did
not show them, `known_elsewhere` are orders that other sources name and this one never had. It is written when that
differs from what it says: a night that finds nothing new writes no row of it. A day that has no row and was read again
(`reconciliations`) has no rows.

While a range is read (`note`) each page adds up by day how many rows it showed that were there before, in an unlogged
table; what it found is put into the ledger at once. When the range has ended (`write`) the sums are compared with what
is stored, all of it in PostgreSQL. Rows that came twice can hide that others did not come; they never make a row that
did come a hidden one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from servicekit.db import driver
from servicekit.sql_types import sql_types
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import RESOURCES
from ingestor.resources.resource import Change, Key, Resource
from ingestor.sync.extents import EXTENTS
from ingestor.sync.keyed_rows import KeyedRows
from ingestor.sync.schedule import Lease, Range
from ingestor.wb.times import moscow_day, moscow_midnight

RECONCILIATION = "reconciliation"
"""Why a range is read."""

THERE = "-infinity"
"""The day of the entry that says that the sums of a range are there: a crash of PostgreSQL empties them all."""

_ORDERS_ELSEWHERE = """
    SELECT day, count(*) AS rows FROM (
        SELECT srid, min(CAST(ordered_at AT TIME ZONE 'Europe/Moscow' AS date)) AS day FROM (
            SELECT srid, ordered_at FROM finance
            WHERE cabinet_id = :cabinet_id AND ordered_at >= :since AND ordered_at < :until AND srid > ''
            UNION ALL SELECT srid, created_at FROM fbs_orders
            WHERE cabinet_id = :cabinet_id AND created_at >= :since AND srid > ''
                AND created_at < CAST(:until AS timestamptz) - interval '2 days'
        ) AS named
        WHERE NOT EXISTS (
            SELECT FROM orders o
            WHERE o.cabinet_id = :cabinet_id AND o.srid = named.srid AND o.content_hash IS NOT NULL)
        GROUP BY srid
    ) AS unknown GROUP BY day
"""
"""Orders that money was reckoned for, or that were to be packed two days ago."""
_ELSEWHERE = {"orders": _ORDERS_ELSEWHERE}
_NOWHERE = "SELECT CAST(NULL AS date) AS day, 0 AS rows WHERE false"

_BEGIN = text(f"""
    INSERT INTO reconciled_days (cabinet_id, range_id, day, rows)
    SELECT cabinet_id, range_id, '{THERE}', 0
    FROM unnest(CAST(:cabinets AS uuid[]), CAST(:ranges AS uuid[])) AS begun (cabinet_id, range_id)
    ON CONFLICT DO NOTHING
""")
_FORGET = text("DELETE FROM reconciled_days WHERE cabinet_id = :cabinet_id AND range_id = :range_id")
_DAYS = "cabinet_id = :cabinet_id AND resource = :resource AND day >= :since AND day < :until"
_HOLES = text(f"""
    SELECT day, CASE WHEN late_at >= :asked_at THEN late ELSE 0 END AS late, hidden, known_elsewhere
    FROM completeness
    WHERE {_DAYS} AND ((late > 0 AND late_at >= :asked_at) OR hidden > 0 OR known_elsewhere > 0)
    ORDER BY day
""")
_OPEN = text(f"SELECT coalesce(sum(hidden + known_elsewhere), 0) FROM completeness WHERE {_DAYS}")
_ROWS = text(f"SELECT coalesce(sum(rows), 0) FROM completeness WHERE {_DAYS}")


@dataclass(frozen=True, slots=True)
class Days:
    """Days of Moscow of a resource of a cabinet, from `since` until before `until`."""

    cabinet_id: UUID
    resource: str
    since: date
    until: date

    def values(self) -> dict[str, Any]:
        """They as values of SQL."""
        return {name: getattr(self, name) for name in ("cabinet_id", "resource", "since", "until")}


@dataclass(frozen=True, slots=True)
class Hole:
    """A day of Moscow that was not whole: see `completeness`. `late` rows are stored by now."""

    day: date
    late: int
    hidden: int
    known_elsewhere: int

    @property
    def open(self) -> int:
        """Rows that are missing still, there or here."""
        return self.hidden + self.known_elsewhere


@dataclass(frozen=True, slots=True)
class Found:
    """What a page of a range that is read again adds to what was stored: the `keys` of such rows."""

    cabinet_id: UUID
    range: Range
    keys: set[Key] = field(default_factory=set)

    @classmethod
    def of(cls, lease: Lease) -> "Found | None":
        """Nothing yet of what is read under a lease; none if that is no reconciliation."""
        is_one = lease.range is not None and lease.range.why == RECONCILIATION
        return cls(lease.cabinet_id, lease.range) if is_one and lease.range is not None else None

    def listening(self, on_change: Callable[[Change], None]) -> Callable[[Change], None]:
        """`on_change`, which is also told here."""

        def told(change: Change) -> None:
            on_change(change)
            if change.is_new or change.first_from_source:
                self.keys.add(change.key)

        return told

    async def note(self, connection: AsyncConnection, resource: Resource, keyed: KeyedRows) -> None:
        """The page was stored: add up what it showed of each day, and put what it found into the ledger."""
        if not keyed.rows:
            return
        keys = [list(values) for values in zip(*keyed.keys, strict=True)]
        places = [n for n, key in enumerate(keyed.keys, start=1) if key in self.keys]
        asked_at = self.range.asked_at
        late_before = asked_at - EXTENTS[resource.name].soon
        days = moscow_day(self.range.since), moscow_day(self.range.until)
        values = (self.cabinet_id, resource.name, self.range.id, asked_at, late_before, *days, places)
        await (await driver(connection)).execute(_noting(resource.name), *values, *keys)


async def begin(connection: AsyncConnection, ranges: Sequence[tuple[UUID, UUID]]) -> None:
    """Ranges, each a cabinet and an id, are about to be read again."""
    cabinets, ids = [each[0] for each in ranges], [each[1] for each in ranges]
    await connection.execute(_BEGIN, {"cabinets": cabinets, "ranges": ids})


async def write(connection: AsyncConnection, days: Days, *, range_id: UUID, asked_at: datetime) -> None:
    """A range of these days was read to its end: the ledger says what is known of each of them now."""
    moments = {"since": moscow_midnight(days.since), "until": moscow_midnight(days.until)}
    values = {**days.values(), **moments, "range_id": range_id, "asked_at": asked_at}
    await connection.execute(text(_writing(days.resource)), values)


async def forget(connection: AsyncConnection, cabinet_id: UUID, range_id: UUID) -> None:
    """The sums of a range are of no use any more."""
    await connection.execute(_FORGET, {"cabinet_id": cabinet_id, "range_id": range_id})


async def holes(connection: AsyncConnection, days: Days, *, asked_at: datetime) -> list[Hole]:
    """The days that are not whole, or were not before what was asked for at a moment."""
    found = await connection.execute(_HOLES, {**days.values(), "asked_at": asked_at})
    return [Hole(**row) for row in found.mappings()]


async def open_rows(connection: AsyncConnection, days: Days) -> int:
    """How many rows are missing of these days, there or here."""
    return int((await connection.execute(_OPEN, days.values())).scalar_one())


async def rows_of(connection: AsyncConnection, days: Days) -> int:
    """How many rows are stored of these days, by the ledger."""
    return int((await connection.execute(_ROWS, days.values())).scalar_one())


def _day(resource: Resource, of: str) -> str:
    """SQL: the day of Moscow that a row is of."""
    column = EXTENTS[resource.name].dated_by
    if sql_types(resource.storage.table)[column] == "DATE":
        return f"{of}.{column}"
    return f"CAST({of}.{column} AT TIME ZONE 'Europe/Moscow' AS date)"


def _before(resource: Resource, column: str, moment: str) -> str:
    """SQL: whether a column, a moment or a day, lies before a moment."""
    if sql_types(resource.storage.table)[column] == "DATE":
        return f"{column} < CAST(CAST({moment} AS timestamptz) AT TIME ZONE 'Europe/Moscow' AS date)"
    return f"{column} < CAST({moment} AS timestamptz)"


@cache
def _noting(name: str) -> str:
    """SQL with `$1` cabinet, `$2` resource, `$3` range, `$4` when it was asked for, `$5` before when a row is late,
    `$6` and `$7` the range's days, `$8` the places found, `$9`… the keys.
    """
    resource = RESOURCES[name]
    storage = resource.storage
    table, digest, types = storage.table.name, storage.digest, sql_types(storage.table)
    arrays = ", ".join(f"CAST(${n} AS {types[key]}[])" for n, key in enumerate(storage.keys, start=9))
    same_key = " AND ".join(f"t.{key} = page.{key}" for key in storage.keys)
    is_late = _before(resource, EXTENTS[resource.name].told_by, "$5")
    return f"""
        WITH shown AS (
            SELECT {_day(resource, "t")} AS day, t.{digest} AS digest, t.first_seen_at < $4 AS was_there,
                page.n = ANY (CAST($8 AS bigint[])) AND t.{is_late} AS is_late
            FROM unnest({arrays}) WITH ORDINALITY AS page ({", ".join(storage.keys)}, n)
            JOIN {table} AS t ON t.cabinet_id = $1 AND {same_key}
        ), added AS (
            INSERT INTO reconciled_days (cabinet_id, range_id, day, rows)
            SELECT $1, $3, day, count(*) FROM shown WHERE was_there AND day >= $6 AND day < $7 GROUP BY day
            ON CONFLICT (cabinet_id, range_id, day) DO UPDATE SET rows = reconciled_days.rows + excluded.rows
        )
        INSERT INTO completeness AS c (cabinet_id, resource, day, rows, hash, late, late_at)
        SELECT $1, $2, day, count(*), bit_xor(digest), count(*), now()
        FROM shown WHERE is_late AND day >= $6 AND day < $7 GROUP BY day
        ON CONFLICT (cabinet_id, resource, day) DO UPDATE SET rows = c.rows + excluded.rows,
            hash = c.hash # excluded.hash, asked_at = now(), late_at = now(),
            late = excluded.late + CASE WHEN c.late_at >= $4 THEN c.late ELSE 0 END
    """


@cache
def _writing(name: str) -> str:
    """SQL with names for its values: see `write`."""
    resource = RESOURCES[name]
    storage, column = resource.storage, EXTENTS[resource.name].dated_by
    since, until = "NOT " + _before(resource, column, ":since"), _before(resource, column, ":until")
    compared = "rows, hash, hidden, known_elsewhere"
    return f"""
        WITH bounds AS (
            SELECT CAST(CAST(:since AS timestamptz) AT TIME ZONE 'Europe/Moscow' AS date) AS since,
                CAST(CAST(:until AS timestamptz) AT TIME ZONE 'Europe/Moscow' AS date) AS until,
                EXISTS (SELECT FROM reconciled_days
                    WHERE cabinet_id = :cabinet_id AND range_id = :range_id AND day = '{THERE}') AS is_summed
        ), stored AS (
            SELECT {_day(resource, "t")} AS day, count(*) AS rows, bit_xor(t.{storage.digest}) AS hash,
                count(*) FILTER (WHERE first_seen_at < :asked_at AND changed_at < :asked_at) AS were_there
            FROM {storage.table.name} AS t
            WHERE cabinet_id = :cabinet_id AND t.{storage.digest} IS NOT NULL AND {since} AND {until}
            GROUP BY 1
        ), shown AS (
            SELECT day, rows FROM reconciled_days WHERE cabinet_id = :cabinet_id AND range_id = :range_id
        ), elsewhere AS ({_ELSEWHERE.get(resource.name, _NOWHERE)}
        ), ledger AS (
            SELECT c.* FROM completeness c, bounds
            WHERE cabinet_id = :cabinet_id AND resource = :resource AND c.day >= since AND c.day < until
        ), known AS (
            SELECT day, coalesce(stored.rows, 0) AS rows, coalesce(stored.hash, 0) AS hash,
                CASE WHEN is_summed THEN greatest(coalesce(were_there, 0) - coalesce(shown.rows, 0), 0)
                    ELSE coalesce(ledger.hidden, 0) END AS hidden,
                coalesce(elsewhere.rows, 0) AS known_elsewhere
            FROM stored FULL JOIN elsewhere USING (day) FULL JOIN ledger USING (day) LEFT JOIN shown USING (day)
            CROSS JOIN bounds
        )
        INSERT INTO completeness AS c (cabinet_id, resource, day, {compared})
        SELECT :cabinet_id, :resource, day, {compared} FROM known
        ON CONFLICT (cabinet_id, resource, day) DO UPDATE SET ({compared}, asked_at) =
            (excluded.rows, excluded.hash, excluded.hidden, excluded.known_elsewhere, now())
        WHERE (c.rows, c.hash, c.hidden, c.known_elsewhere)
            IS DISTINCT FROM (excluded.rows, excluded.hash, excluded.hidden, excluded.known_elsewhere)
    """
