"""A page of a list over several cabinets, each read from an index no further than the page reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.freshness import Freshness
from gateway.sorting import Sorting

T = TypeVar("T")


@dataclass(frozen=True)
class Window:
    """Which part of a list: `limit` rows, after a cursor or from an offset on."""

    limit: int
    offset: int = 0
    cursor: str | None = None


@dataclass(frozen=True)
class Rows:
    """Rows of a page."""

    rows: Sequence[RowMapping]
    next_cursor: str | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list, ready to be shown."""

    rows: Sequence[T]
    next_cursor: str | None
    total: int | None
    """Of the whole list; none: not counted, because the page was read after a cursor."""
    freshness: Freshness


@dataclass(frozen=True)
class Listing:
    """Rows of a published view that conditions leave, in an order of its own."""

    source: str
    """What stands after FROM; it has a `cabinet_id`."""
    columns: str
    conditions: Sequence[str]
    values: Mapping[str, Any]
    sorting: Sorting
    cabinets: Sequence[UUID]

    async def page(self, connection: AsyncConnection, window: Window) -> Rows:
        """The rows of the window, in one statement.

        Raises:
            NotACursor: the cursor is none of this list.
        """
        statement, values = self.statement(window)
        found = (await connection.execute(text(statement), values)).mappings().all()
        rows = found[: window.limit]
        return Rows(rows, self.sorting.cursor(rows[-1]) if len(found) > window.limit else None)

    async def total(self, connection: AsyncConnection) -> int:
        """How many rows there are."""
        statement = (
            f"SELECT count(*) FROM {self.source} "
            f"WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])){self._where(self.conditions)}"
        )
        return int(await connection.scalar(text(statement), {**self.values, "cabinets": list(self.cabinets)}) or 0)

    def statement(self, window: Window) -> tuple[str, dict[str, Any]]:
        """What reads one row more than the window has."""
        conditions, values = list(self.conditions), {**self.values, "cabinets": list(self.cabinets)}
        if window.cursor is not None:
            condition, place = self.sorting.after(window.cursor)
            conditions.append(condition)
            values |= place
        values |= {"rows": window.limit + 1, "skipped": window.offset, "reach": window.offset + window.limit + 1}
        # Cabinet by cabinet, so that each is read from one end of an index and no further than the window reaches.
        statement = f"""
            SELECT newest.* FROM unnest(CAST(:cabinets AS uuid[])) AS wanted (id) CROSS JOIN LATERAL (
                SELECT {self.columns} FROM {self.source}
                WHERE cabinet_id = wanted.id{self._where(conditions)}
                ORDER BY {self.sorting.order_by()} LIMIT :reach
            ) AS newest ORDER BY {self.sorting.order_by()} LIMIT :rows OFFSET :skipped
        """
        return statement, values

    @staticmethod
    def _where(conditions: Sequence[str]) -> str:
        return "".join(f" AND {condition}" for condition in conditions)
