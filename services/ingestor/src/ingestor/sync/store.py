"""Storing a page of rows and finding what changed, in a number of statements that does not grow with its rows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Change, Resource, Row
from ingestor.resources.table import data_columns, key_columns


@dataclass(frozen=True, slots=True)
class Delta:
    """What a page changed. `same` counts rows that were as stored, older than stored, or repeated in the page."""

    changes: Sequence[Change]
    same: int


async def store(connection: AsyncConnection, resource: Resource, cabinet_id: UUID, rows: Sequence[Row]) -> Delta:
    """Store rows; those that do not differ from what is stored, or are older, write nothing.

    Of a key that is repeated the newest row counts, of equally new ones the last. A row whose version alone
    moved on is stored, but is no change.
    """
    if not rows:
        return Delta((), 0)
    shape = _Shape.of(resource)
    newest = shape.newest(rows)
    stored = await shape.stored(connection, cabinet_id, newest)
    fresh = [
        (row, digest)
        for key, row in newest.items()
        if shape.is_fresh(row, digest := content_hash(row, shape.hashed), stored.get(key))
    ]
    if not fresh:
        return Delta((), len(rows))
    changes = await shape.write(connection, cabinet_id, fresh)
    return Delta(changes, len(rows) - len(changes))


def content_hash(row: Row, positions: Sequence[int]) -> int:
    """A signed 64-bit hash of some of a row's values, the same in every process and version of Python."""
    content = msgspec.json.encode([row[position] for position in positions])
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), signed=True)


@dataclass(frozen=True)
class _Shape:
    """The statements for one resource's table, made once."""

    names: tuple[str, ...]
    keys: tuple[int, ...]
    version: int | None
    hashed: tuple[int, ...]
    json: frozenset[int]
    select: TextClause
    upsert: TextClause

    @staticmethod
    @cache
    def _build(table: Table, version: str | None, unhashed: frozenset[str]) -> "_Shape":
        names = tuple(column.name for column in data_columns(table))
        keys = key_columns(table)
        types = sql_types(table)
        return _Shape(
            names=names,
            keys=tuple(map(names.index, keys)),
            version=names.index(version) if version else None,
            hashed=tuple(i for i, name in enumerate(names) if name not in unhashed),
            json=frozenset(i for i, name in enumerate(names) if types[name] == "JSONB"),
            select=_select(table.name, keys, types, version),
            upsert=_upsert(table.name, names, keys, types, version),
        )

    @classmethod
    def of(cls, resource: Resource) -> "_Shape":
        return cls._build(resource.table, resource.version, resource.unhashed)

    def key(self, row: Row) -> tuple[Any, ...]:
        return tuple([row[position] for position in self.keys])

    def newest(self, rows: Sequence[Row]) -> dict[tuple[Any, ...], Row]:
        newest: dict[tuple[Any, ...], Row] = {}
        for row in rows:
            key = self.key(row)
            known = newest.get(key)
            if known is None or self.version is None or known[self.version] <= row[self.version]:
                newest[key] = row
        return newest

    def is_fresh(self, row: Row, digest: int, stored: tuple[int, Any] | None) -> bool:
        if stored is None:
            return True
        stored_digest, stored_version = stored
        if self.version is None:
            return digest != stored_digest
        version = row[self.version]
        return bool(version > stored_version or (version == stored_version and digest != stored_digest))

    async def stored(
        self, connection: AsyncConnection, cabinet_id: UUID, newest: dict[tuple[Any, ...], Row]
    ) -> dict[tuple[Any, ...], tuple[int, Any]]:
        columns = zip(*newest, strict=True)
        found = await connection.execute(
            self.select, {"cabinet_id": cabinet_id, **{f"k{i}": list(values) for i, values in enumerate(columns)}}
        )
        return {tuple(row[2:]): (row[0], row[1]) for row in found}

    async def write(
        self, connection: AsyncConnection, cabinet_id: UUID, fresh: Sequence[tuple[Row, int]]
    ) -> list[Change]:
        columns = list(zip(*(row for row, _ in fresh), strict=True))
        parameters = {f"c{i}": list(values) for i, values in enumerate(columns)}
        digests = [digest for _, digest in fresh]
        written = await connection.execute(self.upsert, {"cabinet_id": cabinet_id, "digests": digests, **parameters})
        rows = {self.key(row): row for row, _ in fresh}
        width = len(self.keys)
        changes = []
        for answer in written:
            row = rows[tuple(answer[:width])]
            revision, is_new, previous = answer[width], answer[width + 1], answer[width + 2 :]
            changes.append(Change(row, revision, None if is_new else self._difference(row, previous)))
        return changes

    def _difference(self, row: Row, previous: Sequence[Any]) -> dict[str, Any]:
        # jsonb has its own spelling of a value: it is compared, and told, as the value.
        earlier = {
            name: (msgspec.json.decode(old), msgspec.json.decode(new)) if position in self.json else (old, new)
            for position, (name, old, new) in enumerate(zip(self.names, previous, row, strict=True))
        }
        return {name: old for name, (old, new) in earlier.items() if old != new}


def sql_types(table: Table) -> dict[str, str]:
    """The PostgreSQL type of every column."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return {column.name: column.type.compile(dialect) for column in table.columns}


def _select(table: str, keys: Sequence[str], types: dict[str, str], version: str | None) -> TextClause:
    wanted = ", ".join(f"CAST(:k{i} AS {types[key]}[])" for i, key in enumerate(keys))
    return text(
        f"SELECT content_hash, {version or 'NULL'}, {', '.join(keys)} FROM {table} "
        f"JOIN unnest({wanted}) AS wanted ({', '.join(keys)}) USING ({', '.join(keys)}) "
        f"WHERE cabinet_id = :cabinet_id"
    )


def _upsert(
    table: str, names: Sequence[str], keys: Sequence[str], types: dict[str, str], version: str | None
) -> TextClause:
    # Arrays of jsonb travel as arrays of text.
    arrays = ", ".join(
        f"CAST(CAST(:c{i} AS text[]) AS jsonb[])" if types[name] == "JSONB" else f"CAST(:c{i} AS {types[name]}[])"
        for i, name in enumerate(names)
    )
    columns, key = ", ".join(names), ", ".join(keys)
    differs = "current.content_hash <> excluded.content_hash"
    newer = f"(current.{version} < excluded.{version} OR current.{version} = excluded.{version} AND {differs})"
    assigned = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    earlier = ", ".join(
        f"CAST(previous.{name} AS text)" if types[name] == "JSONB" else f"previous.{name}" for name in names
    )
    return text(f"""
        WITH incoming ({columns}, content_hash) AS MATERIALIZED (
            SELECT * FROM unnest({arrays}, CAST(:digests AS bigint[]))
        ), previous AS MATERIALIZED (
            SELECT stored.* FROM {table} AS stored JOIN incoming USING ({key}) WHERE stored.cabinet_id = :cabinet_id
        ), written AS (
            INSERT INTO {table} AS current (cabinet_id, {columns}, content_hash)
            SELECT CAST(:cabinet_id AS uuid), {columns}, content_hash FROM incoming
            ON CONFLICT (cabinet_id, {key}) DO UPDATE SET {assigned},
                content_hash = excluded.content_hash, gone = false,
                revision = current.revision + CAST({differs} AS integer),
                changed_at = CASE WHEN {differs} THEN now() ELSE current.changed_at END
            WHERE {newer if version else differs}
            RETURNING {key}, revision, content_hash
        )
        SELECT {", ".join(f"written.{name}" for name in keys)}, written.revision, previous.cabinet_id IS NULL, {earlier}
        FROM written LEFT JOIN previous USING ({key})
        WHERE previous.content_hash IS DISTINCT FROM written.content_hash
    """)
