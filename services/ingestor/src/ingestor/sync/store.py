"""Storing a page of rows and finding what changed, in a number of statements that does not grow with its rows.

Most rows that WB sends again are as they were: their bytes hash to what is stored, and nothing more is done
about them. New rows are copied into the table. Changed rows are copied beside it, compared column by column, and
updated from there. Both copies are streams: a row is parsed when it is sent, so that a page's rows are never all in
memory, and PostgreSQL takes in what comes while the next rows are parsed.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import and_
from typing import Any
from uuid import UUID

import msgspec
from servicekit.db import driver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Resource, Row
from ingestor.sync.look import UNREADABLE, Looked, broken
from ingestor.sync.snapshots import encoded, snapshots
from ingestor.sync.statements import MASK_BITS, statements

# Two sources of one table, or a run and a retry of its quarantine, must not store the same row at once.
# And a large page must not be joined row by row: PostgreSQL, which does not know the rows that came in since it last
# looked at the table, would take hours where a hash takes a second. A small one must be, by the table's key.
_PREPARE = text("""
    SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0)), set_config('enable_nestloop', :nested_loops, true)
""")
SMALL = 1_000
"""Rows up to which a look into an index for each is the better way."""

_FLAGS = 5
"""What precedes the masks in a row of `differences`."""

A_FEW = 100
"""Rows after which to see whether PostgreSQL is ready."""

AT_ONCE = 2_000
"""Rows after which others may go on: leases are renewed and others' pages taken in between."""


async def store(
    connection: AsyncConnection,
    resource: Resource,
    cabinet_id: UUID,
    looked: Looked,
    observed_at: datetime,
    tell: Callable[[Change], None],
) -> None:
    """Store the rows of a page, telling of each that is new or changed.

    Those that do not differ from what is stored, or are older, write nothing; of which only `unhashed` columns moved
    on, are stored without a word; that cannot be read, are put to `looked.broken`.
    """
    if looked.rows:
        nested_loops = "on" if len(looked.rows) <= SMALL else "off"
        lock = f"{cabinet_id} {resource.table.name}"
        await connection.execute(_PREPARE, {"lock": lock, "nested_loops": nested_loops})
        page = _Page(connection, resource, cabinet_id, looked, observed_at, tell)
        new, known = await page.compare()
        await page.insert(new)
        await page.update(known)


class _Page:
    """One page on its way into the table."""

    def __init__(
        self,
        connection: AsyncConnection,
        resource: Resource,
        cabinet_id: UUID,
        looked: Looked,
        observed_at: datetime,
        tell: Callable[[Change], None],
    ) -> None:
        self.connection = connection
        self.resource = resource
        self.cabinet_id = cabinet_id
        self.looked = looked
        self.observed_at = observed_at
        self.tell = tell
        self.sql = statements(resource)
        self.snapshot = snapshots(resource, cabinet_id)
        self.dated = resource.names.index(resource.dated) if resource.dated else None

    async def compare(self) -> tuple[list[int], list[int]]:
        """Which rows are new, and which the table has with other bytes."""
        keys = [list(values) for values in zip(*self.looked.keys, strict=True)]
        session = await driver(self.connection)
        new, known = await session.fetchrow(self.sql.compare, self.cabinet_id, self.looked.digests, *keys)
        return [] if self.resource.known_only else [n - 1 for n in new or ()], [n - 1 for n in known or ()]

    async def insert(self, places: Sequence[int]) -> None:
        """Copy new rows into the table."""
        if places:
            columns = ["cabinet_id", *self.resource.names, self.resource.digest]
            await self._copy(self.resource.table.name, columns, self._new(places))

    def _new(self, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        for place, row, digest in self._parsed(places):
            snapshot, moment = self._snapshot(row)
            self.tell(Change(self.looked.keys[place], snapshot, 1, None, moment))
            yield (self.cabinet_id, *row, digest)

    async def update(self, places: Sequence[int]) -> None:
        """Copy rows that may have changed beside the table, find what did, and update from there."""
        if not places:
            return
        session = await driver(self.connection)
        await session.execute(self.sql.stage)
        columns = ["n", *self.resource.names, self.resource.digest]
        await self._copy(self.sql.staged, columns, self._known(places))
        # While PostgreSQL compares, snapshots are made of the rows to be told first; while it updates, of the rest.
        comparing = asyncio.ensure_future(session.fetch(self.sql.differences, self.cabinet_id))
        try:
            ahead = await self._snapshots_until(comparing, reversed(places))
        finally:
            # A connection must not be given back while it is at work.
            differences = await comparing
        updating = asyncio.ensure_future(session.execute(self.sql.update, self.cabinet_id))
        try:
            all_differ = await self._tell(differences, ahead)
        finally:
            await updating
        if not all_differ:
            await session.execute(self.sql.refresh, self.cabinet_id)

    def _known(self, places: Sequence[int]) -> Iterator[Sequence[Any]]:
        as_text = [position for position, name in enumerate(self.resource.names) if name in self.sql.as_text]
        for place, row, digest in self._parsed(places):
            staged = [place, *row, digest]
            for position in as_text:
                if row[position] is not None:
                    staged[position + 1] = str(row[position])
            yield staged

    async def _snapshots_until(
        self, done: asyncio.Future[Any], places: Iterable[int]
    ) -> dict[int, tuple[bytes, datetime | None]]:
        made = {}
        for count, place in enumerate(places):
            if count % A_FEW == 0:
                await asyncio.sleep(0)
            if done.done():
                break
            with contextlib.suppress(*UNREADABLE):  # it is in quarantine already
                made[place] = self._snapshot(self.resource.parse(self.looked.rows[place], self.observed_at))
        return made

    async def _tell(self, differences: list[Sequence[Any]], ahead: dict[int, tuple[bytes, datetime | None]]) -> bool:
        """Tell of the rows that are changes; whether all of them are.

        They are parsed once more: that is done while PostgreSQL works, and costs less than keeping a page of them.
        """
        looked, sql, resource, tell = self.looked, self.sql, self.resource, self.tell
        # Most changes of a page are of the same columns.
        differing: dict[tuple[int, ...], list[tuple[str, int]]] = {}
        all_differ = True
        while differences:
            if len(differences) % AT_ONCE == 0:
                await asyncio.sleep(0)
            found = differences.pop()
            place, revision, was_gone, joined, theirs, *masks = found[: _FLAGS + len(sql.telling)]
            if not was_gone and not any(map(and_, masks, sql.telling)):
                all_differ = False
                continue
            which = tuple(masks)
            if which not in differing:
                differing[which] = self._differing(which)
            previous = {name: found[at] for name, at in differing[which]}
            if sql.json:
                _read_json(previous, sql.json)
            key, others = looked.keys[place], {}
            if theirs is None:
                made = ahead.pop(place, None)
                snapshot, moment = made or self._snapshot(resource.parse(looked.rows[place], self.observed_at))
            else:
                others = dict(zip(sql.others, theirs, strict=True))
                snapshot, moment = self._merged(resource.parse(looked.rows[place], self.observed_at), others)
            tell(Change(key, snapshot, revision, previous, moment, joined, False, others))
        return all_differ

    def _differing(self, masks: tuple[int, ...]) -> list[tuple[str, int]]:
        """The columns whose bits are set, and where their earlier values stand."""
        first = _FLAGS + len(masks)
        return [
            (name, first + n) for n, name in enumerate(self.sql.compared) if masks[n // MASK_BITS] >> n % MASK_BITS & 1
        ]

    def _snapshot(self, row: Row) -> tuple[bytes, datetime | None]:
        return self.snapshot(row), None if self.dated is None else row[self.dated]

    def _merged(self, row: Row, others: dict[str, Any]) -> tuple[bytes, datetime | None]:
        own = dict(zip(self.resource.names, row, strict=True))
        derived = {name: make(self.cabinet_id)(row) for name, make in self.resource.derived.items()}
        snapshot = encoded(self.resource, own | derived | others, self.cabinet_id)
        return snapshot, None if self.dated is None else row[self.dated]

    def _parsed(self, places: Sequence[int]) -> Iterator[tuple[int, Row, int]]:
        looked, parse, observed_at = self.looked, self.resource.parse, self.observed_at
        for place in places:
            raw = looked.rows[place]
            try:
                row = parse(raw, observed_at)
            except UNREADABLE as error:
                looked.broken.append(broken(raw, error))
                continue
            yield place, row, looked.digests[place]

    async def _copy(self, table: str, columns: list[str], records: Iterator[Sequence[Any]]) -> None:
        session = await driver(self.connection)
        await session.copy_records_to_table(table, records=records, columns=columns)


def _read_json(previous: dict[str, Any], json: frozenset[str]) -> None:
    for name in json & previous.keys():
        previous[name] = None if previous[name] is None else msgspec.json.decode(previous[name])
