"""Storing a page of rows and finding what changed, in a number of statements that does not grow with its rows.

Most rows that WB sends again are as they were: their bytes hash to what is stored, and nothing more is done
about them. New rows are copied into the table. Changed rows are copied beside it, compared column by column, and
updated from there. Both copies are streams: a row is parsed when it is sent, so that a page's rows are never all in
memory, and PostgreSQL takes in what comes while the next rows are parsed.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from servicekit.db import driver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Resource, Row
from ingestor.resources.table import data_columns, sql_types
from ingestor.sync import look
from ingestor.sync.look import Looked
from ingestor.sync.quarantine import Broken

# Two sources of one table, or a run and a retry of its quarantine, must not store the same row at once.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))")

MASK_BITS = 60
"""Columns whose difference one bigint tells."""

AT_ONCE = 2_000
"""Rows after which others may go on: leases are renewed and others' pages taken in between."""


@dataclass(slots=True)
class Stored:
    """What a page changed. `same` counts rows that were as stored, older than stored, or repeated in the page."""

    changes: list[Change] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    same: int = 0


async def store(
    connection: AsyncConnection, resource: Resource, cabinet_id: UUID, looked: Looked, observed_at: datetime
) -> Stored:
    """Store the rows of a page; those that do not differ from what is stored, or are older, write nothing.

    A row of which only `unhashed` columns moved on is stored, but is no change.
    """
    stored = Stored(broken=list(looked.broken))
    if looked.rows:
        await connection.execute(_LOCK, {"lock": f"{cabinet_id} {resource.table.name}"})
        page = _Page(connection, resource, cabinet_id, looked, observed_at, stored)
        new, known = await page.compare()
        await page.insert(new)
        await page.update(known)
    unread = len(stored.broken) - len(looked.broken)
    stored.same = len(looked.rows) + looked.repeated - len(stored.changes) - unread
    return stored


class _Page:
    """One page on its way into the table."""

    def __init__(
        self,
        connection: AsyncConnection,
        resource: Resource,
        cabinet_id: UUID,
        looked: Looked,
        observed_at: datetime,
        stored: Stored,
    ) -> None:
        self.connection = connection
        self.resource = resource
        self.cabinet_id = cabinet_id
        self.looked = looked
        self.observed_at = observed_at
        self.stored = stored
        self.sql = _sql(resource)
        self.snapshot = _snapshots(resource)
        self.dated = resource.names.index(resource.dated) if resource.dated else None

    async def compare(self) -> tuple[list[int], list[int]]:
        """Which rows are new, and which the table has with other bytes."""
        keys = [list(values) for values in zip(*self.looked.keys, strict=True)]
        session = await driver(self.connection)
        found = await session.fetch(self.sql.compare, self.cabinet_id, self.looked.digests, *keys)
        new = [] if self.resource.known_only else [n - 1 for n, is_new in found if is_new]
        return new, [n - 1 for n, is_new in found if not is_new]

    async def insert(self, places: Sequence[int]) -> None:
        """Copy new rows into the table."""
        changes = self.stored.changes

        def keep(place: int, row: Row) -> None:
            moment = None if self.dated is None else row[self.dated]
            snapshot = self.snapshot(row, self.cabinet_id)
            changes.append(Change(self.looked.keys[place], snapshot, 1, None, moment))

        if places:
            await self._copy(
                self.resource.table.name,
                ["cabinet_id", *self.resource.names, self.resource.digest],
                ((self.cabinet_id, *row, digest) for _, row, digest in self._parsed(places, keep)),
            )

    async def update(self, places: Sequence[int]) -> None:
        """Copy rows that may have changed beside the table, find what did, and update from there."""
        if not places:
            return
        snapshots: dict[int, tuple[bytes, datetime | None]] = {}

        def keep(place: int, row: Row) -> None:
            moment = None if self.dated is None else row[self.dated]
            snapshots[place] = (self.snapshot(row, self.cabinet_id), moment)

        session = await driver(self.connection)
        await session.execute(self.sql.stage)
        await self._copy(
            self.sql.staged,
            ["n", *self.resource.names, self.resource.digest],
            ((place, *row, digest) for place, row, digest in self._parsed(places, keep)),
        )
        differences = await session.fetch(self.sql.differences, self.cabinet_id)
        # PostgreSQL updates while the changes are told here.
        updating = asyncio.ensure_future(session.execute(self.sql.update, self.cabinet_id))
        try:
            await self._tell(differences, snapshots)
        finally:
            await updating

    async def _tell(
        self, differences: Sequence[Sequence[Any]], snapshots: dict[int, tuple[bytes, datetime | None]]
    ) -> None:
        compared, others = self.sql.compared, self.sql.others
        masks = -(-len(compared) // MASK_BITS)
        for count, found in enumerate(differences):
            if count % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            place, revision, differs, joined = found[:4]
            snapshot, moment = snapshots.pop(place)
            if not differs:
                continue
            previous = {}
            for word in range(masks):
                mask = found[4 + word]
                while mask:
                    bit = (mask & -mask).bit_length() - 1
                    mask &= mask - 1
                    position = word * MASK_BITS + bit
                    previous[compared[position]] = found[4 + masks + position]
            theirs = dict(zip(others, found[4 + masks + len(compared) :], strict=True))
            if any(value is not None for value in theirs.values()):
                snapshot = self._merged(place, theirs)
            else:
                theirs = {}
            change = Change(
                self.looked.keys[place], snapshot, revision, self._readable(previous), moment, joined, False, theirs
            )
            self.stored.changes.append(change)

    def _merged(self, place: int, theirs: dict[str, Any]) -> bytes:
        row = self.resource.parse(self.looked.rows[place], self.observed_at)
        values = dict(zip(self.resource.names, row, strict=True)) | theirs
        return _encode(self.resource, self.sql.json, values, self.cabinet_id)

    def _readable(self, previous: dict[str, Any]) -> dict[str, Any]:
        for name in self.sql.json & previous.keys():
            if previous[name] is not None:
                previous[name] = msgspec.json.decode(previous[name])
        return previous

    def _parsed(self, places: Sequence[int], keep: Callable[[int, Row], None]) -> Iterator[tuple[int, Row, int]]:
        looked, resource = self.looked, self.resource
        for place in places:
            raw = looked.rows[place]
            try:
                row = resource.parse(raw, self.observed_at)
            except look.UNREADABLE as error:
                self.stored.broken.append(look.broken(raw, error))
                continue
            keep(place, row)
            yield place, row, looked.digests[place]

    async def _copy(self, table: str, columns: list[str], records: Iterator[tuple[Any, ...]]) -> None:
        session = await driver(self.connection)
        await session.copy_records_to_table(table, records=_in_turns(records), columns=columns)


async def _in_turns(records: Iterator[tuple[Any, ...]]) -> Any:
    for count, record in enumerate(records):
        if count % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(0)
        yield record


@dataclass(frozen=True, slots=True)
class _Sql:
    """The statements for one resource, made once."""

    compare: str
    staged: str
    stage: str
    differences: str
    update: str
    compared: tuple[str, ...]
    others: tuple[str, ...]
    json: frozenset[str]


@cache
def _sql(resource: Resource) -> _Sql:
    table, names, keys, digest = resource.table.name, resource.names, resource.keys, resource.digest
    types = sql_types(resource.table)
    all_names = tuple(column.name for column in data_columns(resource.table))
    compared = tuple(name for name in names if name not in keys)
    others = tuple(name for name in all_names if name not in names)
    staged = f"staged_{resource.name}"
    same_key = " AND ".join(f"t.{key} = s.{key}" for key in keys)
    newer = (
        f" AND (t.{resource.version} IS NULL OR t.{resource.version} <= s.{resource.version})"
        if (resource.version)
        else ""
    )
    arrays = ", ".join(f"CAST(${n} AS {types[key]}[])" for n, key in enumerate(keys, start=3))
    distinct = [f"t.{name} IS DISTINCT FROM s.{name}" for name in compared]
    bits = [f"(CAST({test} AS integer)::bigint << {n % MASK_BITS})" for n, test in enumerate(distinct)]
    masks = [" | ".join(bits[first : first + MASK_BITS]) for first in range(0, len(bits), MASK_BITS)]
    earlier = [
        f"CASE WHEN {test} THEN {_told(f't.{name}', types[name])} END"
        for name, test in zip(compared, distinct, strict=True)
    ]
    telling = [test for name, test in zip(compared, distinct, strict=True) if name not in resource.unhashed]
    differs = " OR ".join(["t.gone", f"t.{digest} IS NULL", *telling])
    assigned = ", ".join(f"{name} = s.{name}" for name in names if name not in keys)
    return _Sql(
        compare=f"""
            SELECT s.n, t.cabinet_id IS NULL FROM unnest(CAST($2 AS bigint[]), {arrays})
                WITH ORDINALITY AS s (digest, {", ".join(keys)}, n)
            LEFT JOIN {table} AS t ON t.cabinet_id = $1 AND {same_key}
            WHERE t.{digest} IS DISTINCT FROM s.digest OR t.gone
        """,
        staged=staged,
        stage=f"""
            CREATE TEMPORARY TABLE IF NOT EXISTS {staged} (n integer, {digest} bigint,
                {", ".join(f"{name} {types[name]}" for name in names)}) ON COMMIT DELETE ROWS
        """,
        differences=f"""
            SELECT s.n, t.revision + 1, {differs}, t.{digest} IS NULL,
                {", ".join([*masks, *earlier, *(_told(f"t.{name}", types[name]) for name in others)])}
            FROM {staged} AS s JOIN {table} AS t ON t.cabinet_id = $1 AND {same_key}{newer}
        """,
        update=f"""
            UPDATE {table} AS t SET {assigned}, {digest} = s.{digest}, gone = false,
                revision = t.revision + CAST({differs} AS integer),
                changed_at = CASE WHEN {differs} THEN now() ELSE t.changed_at END
            FROM {staged} AS s WHERE t.cabinet_id = $1 AND {same_key}{newer}
        """,
        compared=compared,
        others=others,
        json=frozenset(name for name in all_names if types[name] == "JSONB"),
    )


def _told(column: str, sql_type: str) -> str:
    return f"CAST({column} AS text)" if sql_type == "JSONB" else column


def _snapshots(resource: Resource) -> Callable[[Row, UUID], bytes]:
    names, json = resource.names, _sql(resource).json

    def snapshot(row: Row, cabinet_id: UUID) -> bytes:
        return _encode(resource, json, dict(zip(names, row, strict=True)), cabinet_id)

    return snapshot


def _encode(resource: Resource, json: frozenset[str], values: dict[str, Any], cabinet_id: UUID) -> bytes:
    for name in json & values.keys():
        if values[name] is not None:
            values[name] = msgspec.Raw(values[name].encode())
    return msgspec.json.encode(resource.snapshot(values, cabinet_id))
