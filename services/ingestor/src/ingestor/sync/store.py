"""Storing a page of rows and finding what changed, in a number of statements that does not grow with its rows.

Most rows that WB sends again are as they were: their bytes hash to what is stored, and nothing more is done
about them. New rows are copied into the table. Changed rows are copied beside it, and one statement compares them
column by column, updates those that differ, and returns what they were. Both copies are streams: a row is parsed when
it is sent, so that a page's rows are never all in memory, and PostgreSQL takes in what comes while the next are parsed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from servicekit.db import driver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Resource, Row
from ingestor.sync.keyed_rows import KeyedRows
from ingestor.sync.lenient import UNREADABLE
from ingestor.sync.losses import Losses
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

HELD = 20_000
"""Rows that are told of at a time: 20 MB of them."""

_FLAGS = 4
"""What precedes the masks in a row that `update` returns."""

Snapshot = tuple[bytes, datetime | None]
"""A row as its event tells it, and when that came about."""

YIELD_ROWS = 2_000
"""Rows after which others may go on: leases are renewed and others' pages taken in between."""


async def store(
    connection: AsyncConnection,
    resource: Resource,
    cabinet_id: UUID,
    keyed: KeyedRows,
    observed_at: datetime,
    on_change: Callable[[Change], None],
    losses: Losses | None = None,
    publish: Callable[[AsyncConnection], Awaitable[None]] | None = None,
) -> Sequence[int]:
    """Store the rows of a page, telling of each that is new or changed; `publish` takes off what was told so far.

    Gives the places of the rows whose bytes were not known.

    Those that do not differ from what is stored, or are older, write nothing; of which only `untracked` columns moved
    on, are stored without a word; that cannot be read, are put to `keyed.broken`. Those that `losses` does not believe
    yet stay as they are.
    """
    if not keyed.rows:
        return ()
    nested_loops = "on" if len(keyed.rows) <= SMALL else "off"
    lock = f"{cabinet_id} {resource.storage.table.name}"
    await connection.execute(_PREPARE, {"lock": lock, "nested_loops": nested_loops})
    page = _Page(connection, resource, cabinet_id, keyed, observed_at, on_change, losses, publish)
    new, known = await page.compare()
    await page.insert(new)
    await page.update(known)
    return [*new, *known]


class _Page:
    """One page on its way into the table."""

    def __init__(
        self,
        connection: AsyncConnection,
        resource: Resource,
        cabinet_id: UUID,
        keyed: KeyedRows,
        observed_at: datetime,
        on_change: Callable[[Change], None],
        losses: Losses | None,
        publish: Callable[[AsyncConnection], Awaitable[None]] | None,
    ) -> None:
        self.connection = connection
        self.resource = resource
        self.cabinet_id = cabinet_id
        self.keyed = keyed
        self.observed_at = observed_at
        self.on_change = on_change
        self.losses = losses if resource.storage.vital else None
        self.publish = publish
        self.sql = statements(resource)
        self.snapshot = snapshots(resource, cabinet_id)
        self.dated = resource.storage.names.index(resource.storage.event_time) if resource.storage.event_time else None

    async def compare(self) -> tuple[list[int], list[int]]:
        """Which rows are new, and which the table has with other bytes."""
        keys = [list(values) for values in zip(*self.keyed.keys, strict=True)]
        session = await driver(self.connection)
        new, known = await session.fetchrow(self.sql.compare, self.cabinet_id, self.keyed.digests, *keys)
        return [] if self.resource.storage.known_only else [n - 1 for n in new or ()], [n - 1 for n in known or ()]

    async def insert(self, places: Sequence[int]) -> None:
        """Copy new rows into the table, `HELD` at a time: so many snapshots are in memory until they are published."""
        columns = ["cabinet_id", *self.resource.storage.names, self.resource.storage.digest]
        for first in range(0, len(places), HELD):
            if first and self.publish is not None:
                await self.publish(self.connection)
            await self._copy(self.resource.storage.table.name, columns, self._new(places[first : first + HELD]))

    def _new(self, places: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        for place, row, digest in self._parsed(places):
            snapshot, moment = self._snapshot(row)
            self.on_change(Change(self.keyed.keys[place], snapshot, 1, None, moment))
            yield (self.cabinet_id, *row, digest)

    async def update(self, places: Sequence[int]) -> None:
        """Copy rows that may have changed beside the table, update from there those that did, and on_change of them.

        `HELD` at a time, as new ones; all at once where it is the page that says whether a loss is to be believed.
        """
        session = await driver(self.connection)
        held = HELD if self.losses is None else max(HELD, len(places))
        for first in range(0, len(places), held):
            if first and self.publish is not None:
                await self.publish(self.connection)
            await session.execute(f"TRUNCATE {self.sql.staged}" if first else self.sql.stage)
            await self._update(places[first : first + held])

    async def _update(self, places: Sequence[int]) -> None:
        session = await driver(self.connection)
        columns = ["n", *self.resource.storage.names, self.resource.storage.digest]
        # A row is parsed once: its snapshot is made while PostgreSQL takes in the row.
        made: dict[int, Snapshot] = {}
        await self._copy(self.sql.staged, columns, self._known(places, made))
        if self.losses is not None:
            await self._leave_out_unbelieved(self.losses, made)
        changed = await session.fetch(self.sql.update, self.cabinet_id)
        all_differ = len(changed) == len(made)
        await self._tell(changed, made)
        if not all_differ:
            await session.execute(self.sql.refresh, self.cabinet_id)

    async def _leave_out_unbelieved(self, losses: Losses, made: dict[int, Snapshot]) -> None:
        session = await driver(self.connection)
        emptied = {n: self.keyed.keys[n] for (n,) in await session.fetch(self.sql.emptied, self.cabinet_id)}
        left_out = await losses.unbelieved(emptied, self.keyed.keys)
        if left_out:
            await session.execute(f"DELETE FROM {self.sql.staged} WHERE n = ANY ($1)", list(left_out))
            for place in left_out:
                del made[place]

    def _known(self, places: Sequence[int], made: dict[int, Snapshot]) -> Iterator[Sequence[Any]]:
        as_text = [position for position, name in enumerate(self.resource.storage.names) if name in self.sql.as_text]
        for place, row, digest in self._parsed(places):
            made[place] = self._snapshot(row)
            staged = [place, *row, digest]
            for position in as_text:
                if row[position] is not None:
                    staged[position + 1] = str(row[position])
            yield staged

    async def _tell(self, changed: list[Sequence[Any]], made: dict[int, Snapshot]) -> None:
        keyed, sql, on_change = self.keyed, self.sql, self.on_change
        # Most changes of a page are of the same columns.
        differing: dict[tuple[int, ...], list[tuple[str, int]]] = {}
        while changed:
            if len(changed) % YIELD_ROWS == 0:
                await asyncio.sleep(0)
            found = changed.pop()
            place, revision, joined, theirs = found[:_FLAGS]
            which = tuple(found[_FLAGS : _FLAGS + sql.masks])
            if which not in differing:
                differing[which] = self._differing(which)
            previous = {name: found[at] for name, at in differing[which]}
            if sql.json:
                _read_json(previous, sql.json)
            snapshot, moment = made.pop(place)
            others: dict[str, Any] = {}
            if theirs is not None:
                others = dict(zip(sql.others, theirs, strict=True))
                row = self.resource.storage.parse(keyed.rows[place], self.observed_at)
                previous = self._earlier(previous, row, others)
                snapshot, moment = self._merged(row, others)
            on_change(Change(keyed.keys[place], snapshot, revision, previous, moment, joined, False, others))

    def _differing(self, masks: tuple[int, ...]) -> list[tuple[str, int]]:
        """The columns whose bits are set, and where their earlier values stand."""
        first = _FLAGS + len(masks)
        return [
            (name, first + n) for n, name in enumerate(self.sql.compared) if masks[n // MASK_BITS] >> n % MASK_BITS & 1
        ]

    def _snapshot(self, row: Row) -> Snapshot:
        return self.snapshot(row), None if self.dated is None else row[self.dated]

    def _earlier(self, previous: dict[str, Any], row: Row, others: dict[str, Any]) -> dict[str, Any]:
        values = dict(zip(self.resource.storage.names, row, strict=True)) | others
        return self.resource.publishing.earlier(previous, values)

    def _merged(self, row: Row, others: dict[str, Any]) -> Snapshot:
        own = dict(zip(self.resource.storage.names, row, strict=True))
        derived = {name: make(self.cabinet_id)(row) for name, make in self.resource.publishing.derived.items()}
        snapshot = encoded(self.resource, own | derived | others, self.cabinet_id)
        return snapshot, None if self.dated is None else row[self.dated]

    def _parsed(self, places: Sequence[int]) -> Iterator[tuple[int, Row, int]]:
        keyed, parse, observed_at = self.keyed, self.resource.storage.parse, self.observed_at
        for place in places:
            raw = keyed.rows[place]
            try:
                row = parse(raw, observed_at)
            except UNREADABLE:
                better = keyed.mend(self.resource, raw, observed_at)
                if better is None:
                    continue
                # What another source wrote may have it parsed once more.
                keyed.rows[place] = better
                row = parse(better, observed_at)
            yield place, row, keyed.digests[place]

    async def _copy(self, table: str, columns: list[str], records: Iterator[Sequence[Any]]) -> None:
        session = await driver(self.connection)
        await session.copy_records_to_table(table, records=records, columns=columns)


def _read_json(previous: dict[str, Any], json: frozenset[str]) -> None:
    for name in json & previous.keys():
        previous[name] = None if previous[name] is None else msgspec.json.decode(previous[name])
