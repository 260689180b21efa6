"""How lists and records are answered from the database."""

from collections.abc import Callable
from typing import TypeVar

from contracts.model import Model
from fastapi import Response
from sqlalchemy import RowMapping

from gateway.admin.listing import Listing, QueryRefused
from gateway.api.admin.dialect import ListQuery, listed, not_found, refused
from gateway.api.parts import Parts

R = TypeVar("R", bound=Model)


async def answer_list(
    parts: Parts, query: ListQuery, listing: Listing, resource: str, shown: Callable[[RowMapping], Model]
) -> Response:
    """The page that a query asks for.

    Raises:
        Problem: 400, it cannot be read so.
    """
    asked = query.read()
    try:
        async with parts.database.transaction() as connection:
            found = await listing.page(connection, asked)
    except QueryRefused as error:
        raise refused(error) from None
    return listed(resource, [shown(row) for row in found.rows], asked, found.total)


async def answer_one(
    parts: Parts, record_id: str, listing: Listing, resource: str, shown: Callable[[RowMapping], R]
) -> R:
    """The record with this id.

    Raises:
        Problem: 404, there is none.
    """
    async with parts.database.transaction() as connection:
        row = await listing.find(connection, record_id)
    if row is None:
        raise not_found(resource)
    return shown(row)
