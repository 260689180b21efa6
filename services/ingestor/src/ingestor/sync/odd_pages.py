"""`odd_pages`: pages with rows that could not be read, or only in part, and when each is asked for again.

A page is kept as the position that led to it, and its odd rows by their bytes: a row that is met from other positions
too is asked for by one. The pause is as long as the page has been odd, so that it doubles, from five minutes on, until
the page is forgotten like a row in quarantine: one that is odd for good costs 14 calls in 30 days.
"""

import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

import xxhash
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Page, Position, Resource, Seen
from ingestor.sync.keyed_rows import KeyedRows
from ingestor.sync.lenient import UNREADABLE

FIRST_PAUSE = timedelta(minutes=5)

MOST = 50
"""Pages of one resource of a cabinet that are kept at a time: where more are odd it is no slip of WB's."""

MOST_ROWS = 1_000
"""Rows of one page that are remembered."""

# A row that is known from another page is asked for with that one.
_NOTE = text("""
    WITH unknown AS (
        SELECT unnest(CAST(:odd_rows AS bigint[])) AS odd_row
        EXCEPT SELECT unnest(odd_rows) FROM odd_pages WHERE cabinet_id = :cabinet_id AND resource = :resource
    )
    INSERT INTO odd_pages (cabinet_id, resource, position, odd_rows, ask_again_at)
    SELECT CAST(:cabinet_id AS uuid), CAST(:resource AS text), CAST(:position AS jsonb), array_agg(odd_row),
        now() + CAST(:first AS interval) / CAST(:rate AS float)
    FROM unknown
    HAVING count(*) > 0
        AND (SELECT count(*) FROM odd_pages WHERE cabinet_id = :cabinet_id AND resource = :resource) < :most
""").bindparams(bindparam("first", FIRST_PAUSE), bindparam("most", MOST))
_DUE = text("""
    SELECT id, position, odd_rows FROM odd_pages
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND ask_again_at <= now()
    ORDER BY ask_again_at LIMIT 1
""")
_HURRY = text("""
    UPDATE odd_pages SET ask_again_at = now()
    WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) AND ask_again_at > now()
""")
_STILL_ODD = text("""
    UPDATE odd_pages SET odd_rows = :odd_rows,
        ask_again_at = now() + greatest(now() - since, CAST(:first AS interval) / CAST(:rate AS float))
    WHERE cabinet_id = :cabinet_id AND id = :id
""").bindparams(bindparam("first", FIRST_PAUSE))
_FORGET = text("DELETE FROM odd_pages WHERE cabinet_id = :cabinet_id AND id = :id")


@dataclass(frozen=True, slots=True)
class OddPage:
    """A page to be asked for again: the position that leads to it, and which of its rows were odd (`odd_row`)."""

    id: UUID
    position: Position
    odd_rows: Sequence[int]


def odd_row(sent: bytes) -> int:
    """What stands for a row as WB sent it: 63 bits of a hash."""
    return xxhash.xxh3_64_intdigest(sent) >> 1


def odd_rows(resource: Resource, page: Page, keyed: KeyedRows, latest: datetime) -> set[int]:
    """The rows of a page, once it is stored, that could not be read, or only otherwise than they came.

    So are those of which the moment that leads a reading is missing, or later than can be.
    """
    odd = set(map(odd_row, chain(page.mended, keyed.mended, (row.body for row in keyed.broken))))
    key_of = resource.storage.key_of
    if key_of is None or all(_can_be(mark, latest) for mark in set(keyed.marks)):
        return odd
    for raw in page.rows:
        with suppress(*UNREADABLE):
            if not _can_be(key_of(raw)[1], latest):
                odd.add(odd_row(bytes(raw)))
    return odd


def _can_be(mark: datetime | None, latest: datetime) -> bool:
    return mark is not None and mark <= latest


async def note(
    connection: AsyncConnection,
    cabinet_id: UUID,
    resource: Resource,
    position: Position,
    seen: Seen,
    odd: Collection[int],
    *,
    rate: float,
) -> None:
    """Keep a page if it has odd rows, unless all of them are known from other pages, or nothing asks for it again."""
    again = resource.reading.again
    if odd and again is not None:
        values = {"position": json.dumps(again(position, seen)), "odd_rows": list(odd)[:MOST_ROWS], "rate": rate}
        await connection.execute(_NOTE, {"cabinet_id": cabinet_id, "resource": resource.name, **values})


async def due(connection: AsyncConnection, cabinet_id: UUID, resource: str) -> OddPage | None:
    """The page that has been due for the longest time."""
    found = (await connection.execute(_DUE, {"cabinet_id": cabinet_id, "resource": resource})).mappings().first()
    return OddPage(**found) if found else None


async def hurry(connection: AsyncConnection, cabinet_id: UUID, resources: Collection[str]) -> None:
    """Somebody asks for these resources: all their pages are due."""
    await connection.execute(_HURRY, {"cabinet_id": cabinet_id, "resources": list(resources)})


async def asked(
    connection: AsyncConnection, cabinet_id: UUID, page: OddPage, odd: Collection[int], *, rate: float
) -> None:
    """A page was asked for again and these rows are odd still, or now: none, and it is forgotten."""
    key = {"cabinet_id": cabinet_id, "id": page.id}
    if odd:
        await connection.execute(_STILL_ODD, {**key, "odd_rows": list(odd)[:MOST_ROWS], "rate": rate})
    else:
        await connection.execute(_FORGET, key)
