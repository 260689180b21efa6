"""A resource of the tests' own, for what no real one shows: every kind of column, and two sources of one table."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.stocks import StocksUpdatedV1
from ingestor.resources.fields import number
from ingestor.resources.resource import Change, Page, Publishing, Reading, Resource, Row, Step, Storage
from ingestor.resources.table import data_table, history_table
from ingestor.sync import claims
from ingestor.sync.keyed_rows import KeyedRows, key_rows
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from ingestor.sync.store import store
from ingestor.tables import metadata
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import CreateTable, DropTable

from support.resources import changed

CABINET = UUID(int=7)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def own(table: Table) -> Table:
    """The table, unknown to the ingestor, whose migrations must not lack it."""
    metadata.remove(table)
    return table


TABLE = own(
    data_table(
        "things",
        Column("thing_id", BigInteger, primary_key=True, autoincrement=False),
        Column("size", Text, primary_key=True),
        Column("title", Text),
        Column("price", Numeric(18, 2)),
        Column("details", JSONB),
        Column("made_on", Date),
        Column("is_on", Boolean),
        Column("moved_at", DateTime(timezone=True)),
        Column("seen_at", DateTime(timezone=True)),
        Column("status", Text),
        Column("tags", JSONB),
        Column("status_at", DateTime(timezone=True)),
        Column("status_hash", BigInteger),
    )
)
HISTORY = own(history_table(TABLE))

WIDE_NAMES = tuple(f"field_{n}" for n in range(130))
WIDE = own(
    data_table(
        "wide_things",
        Column("thing_id", BigInteger, primary_key=True, autoincrement=False),
        *(Column(name, Integer) for name in WIDE_NAMES),
    )
)


class _Thing(msgspec.Struct):
    id: int
    size: str = "M"
    title: str | None = None
    price: Decimal | None = None
    details: Any = None
    made_on: date | None = None
    is_on: bool | None = None
    moved_at: datetime | None = None


class _Status(msgspec.Struct):
    id: int
    size: str = "M"
    status: str | None = None
    tags: Any = None
    status_at: datetime | None = None


class _Wide(msgspec.Struct):
    id: int
    fields: dict[str, int] = {}


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    wb = msgspec.json.decode(raw, type=_Thing)
    details = _json(wb.details)
    return (wb.id, wb.size, wb.title, number(wb.price), details, wb.made_on, wb.is_on, wb.moved_at, observed_at)


def _parse_status(raw: msgspec.Raw, observed_at: datetime) -> Row:
    wb = msgspec.json.decode(raw, type=_Status)
    return (wb.id, wb.size, wb.status, _json(wb.tags), wb.status_at)


def _parse_wide(raw: msgspec.Raw, observed_at: datetime) -> Row:
    wb = msgspec.json.decode(raw, type=_Wide)
    return (wb.id, *(wb.fields.get(name) for name in WIDE_NAMES))


def _merged(values: dict[str, Any], cabinet_id: UUID) -> dict[str, Any]:
    return {**values, "label": f"{values.get('title')} is {values.get('status')}"}


THINGS = Resource(
    name="things",
    method=METHODS["wb-stocks"],
    refresh=timedelta(minutes=1),
    reading=Reading(
        begin=lambda cursor, start: dict(cursor or {"page": 0}),
        ask=lambda position: {"json": position},
        read=lambda body: Page(msgspec.json.decode(body, type=list[msgspec.Raw])),
        advance=lambda position, seen: Step({}, done=True, whole=True),
        paging="",
        overlap="",
    ),
    storage=Storage(
        table=TABLE,
        parse=_parse,
        columns=("thing_id", "size", "title", "price", "details", "made_on", "is_on", "moved_at", "seen_at"),
        version="moved_at",
        event_time="moved_at",
        untracked=frozenset({"seen_at"}),
        history=HISTORY,
    ),
    publishing=Publishing(
        event=StocksUpdatedV1,
        rows="stocks",
        derived={"label": lambda cabinet_id: lambda row: f"{cabinet_id.int}:{row[0]}"},
        snapshot=_merged,
    ),
)
"""The first source of things; its event is only borrowed, and its body no such event."""

STATUSES = changed(
    THINGS,
    name="thing_statuses",
    parse=_parse_status,
    columns=("thing_id", "size", "status", "tags", "status_at"),
    digest="status_hash",
    version="status_at",
    event_time="status_at",
    untracked=frozenset(),
    derived={},
)
"""The second source of them."""

WIDE_THINGS = changed(
    THINGS, name="wide_things", table=WIDE, parse=_parse_wide, columns=None, version=None, event_time=None,
    history=None, untracked=frozenset({"field_64"}), derived={},
)  # fmt: skip
"""More columns than two words have bits; of one of those in the second word the change is none."""


@asynccontextmanager
async def tables(database: Database) -> AsyncIterator[None]:
    """The tables of things, for as long as the block."""
    every = (TABLE, HISTORY, WIDE)
    async with database.transaction() as connection:
        for table in every:
            await connection.execute(CreateTable(table))
    try:
        yield
    finally:
        async with database.transaction() as connection:
            for table in every:
                await connection.execute(DropTable(table))


def thing(id: int = 1, **fields: Any) -> dict[str, Any]:
    """One as a source tells it."""
    return {"id": id, "moved_at": "2026-11-21T10:00:00+03:00", **fields}


def raws(rows: Sequence[dict[str, Any] | str | bytes]) -> list[msgspec.Raw]:
    """Rows as they stand in an answer; text and bytes as they are."""
    return [msgspec.Raw(row if isinstance(row, str | bytes) else json.dumps(row).encode()) for row in rows]


def looked_at(resource: Resource, *rows: dict[str, Any] | str | bytes) -> KeyedRows:
    """A page of them after the first look."""
    return key_rows(resource, raws(rows), NOW)


async def put(
    database: Database,
    resource: Resource,
    *rows: dict[str, Any] | str | bytes,
    cabinet_id: UUID = CABINET,
    observed_at: datetime = NOW,
) -> list[Change]:
    """Store a page of rows; the changes that were told, by key."""
    told: list[Change] = []
    keyed = key_rows(resource, raws(rows), observed_at)
    async with database.transaction() as connection:
        await store(connection, resource, cabinet_id, keyed, observed_at, told.append)
    return sorted(told, key=lambda change: change.key)


async def new_run(
    database: Database, resource: Resource, *, first_load_done: bool = True, started_at: datetime = NOW
) -> Run:
    """A run of a resource of a cabinet of its own, under a lease."""
    async with database.transaction() as connection:
        await connection.execute(
            text("""
                INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)
                VALUES (:id, 'verified', :id, 'personal', '', :at, now()) ON CONFLICT DO NOTHING
            """),
            {"id": CABINET, "at": NOW - timedelta(days=1)},
        )
        await connection.execute(
            text("""
                INSERT INTO sync_state (cabinet_id, resource, first_load_done) VALUES (:id, :resource, :done)
                ON CONFLICT (cabinet_id, resource) DO UPDATE SET lease_token = NULL, lease_until = NULL,
                    next_run_at = now()
            """),
            {"id": CABINET, "resource": resource.name, "done": first_load_done},
        )
    leases = await claims.claim(database, limit=10, lease_seconds=600)
    [lease] = [lease for lease in leases if lease.resource == resource.name]
    return Run(lease, resource, started_at, Counts())


async def take(
    database: Database,
    run: Run,
    *rows: dict[str, Any] | str | bytes,
    position: dict[str, Any] | None = None,
    observed_at: datetime = NOW,
) -> Step:
    """Take in a page of rows."""
    body = b"[" + b",".join(bytes(raw) for raw in raws(rows)) + b"]"
    return await take_in(database, run, position or {"page": 0}, body, observed_at)
