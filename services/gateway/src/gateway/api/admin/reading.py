"""How lists and records are answered from the database."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from contracts.model import Model
from fastapi import Response
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.admin.listing import Listing, QueryRefused
from gateway.api.admin.dialect import ListQuery, listed, not_found, refused
from gateway.api.parts import Parts

R = TypeVar("R", bound=Model)

Formed = Callable[[AsyncConnection, Sequence[RowMapping]], Awaitable[Sequence[R]]]
"""What makes records of rows, each at its row's place, and may read more for all of them at once."""


async def answer_list(
    parts: Parts, query: ListQuery, listing: Listing, resource: str, shown: Callable[[RowMapping], Model]
) -> Response:
    """The page that a query asks for.

    Raises:
        Problem: 400, it cannot be read so.
    """
    return await answer_formed_list(parts, query, listing, resource, _each(shown))


async def answer_formed_list(
    parts: Parts, query: ListQuery, listing: Listing, resource: str, formed: Formed[Model]
) -> Response:
    """The page that a query asks for, of records that are more than their rows.

    Raises:
        Problem: 400, it cannot be read so.
    """
    asked = query.read()
    try:
        async with parts.database.transaction() as connection:
            found = await listing.page(connection, asked)
            records = await formed(connection, found.rows)
    except QueryRefused as error:
        raise refused(error) from None
    return listed(resource, records, asked, found.total)


async def answer_one(
    parts: Parts, record_id: str, listing: Listing, resource: str, shown: Callable[[RowMapping], R]
) -> R:
    """The record with this id.

    Raises:
        Problem: 404, there is none.
    """
    async with parts.database.transaction() as connection:
        return await find_formed(connection, record_id, listing, resource, _each(shown))


async def find_formed(
    connection: AsyncConnection, record_id: str, listing: Listing, resource: str, formed: Formed[R]
) -> R:
    """The record with this id, which is more than its row.

    Raises:
        Problem: 404, there is none.
    """
    row = await listing.find(connection, record_id)
    if row is None:
        raise not_found(resource)
    [record] = await formed(connection, [row])
    return record


def _each(shown: Callable[[RowMapping], R]) -> Formed[R]:
    async def formed(_: AsyncConnection, rows: Sequence[RowMapping]) -> Sequence[R]:
        return [shown(row) for row in rows]

    return formed
