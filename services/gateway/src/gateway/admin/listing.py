"""Lists over all tenants: each filter and order that a list has is read from an index, and every other is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.admin.columns import Column

MAX_ROWS = 1000
"""Of one page, and of records asked for by their ids."""

MAX_COUNTED = 100_000
"""Totals are counted so far, and pages go so deep: what lies beyond is found by a filter."""

ID = "id"
ID_SEPARATOR = "~"
"""Between the parts of an id where a key has several columns."""


class QueryRefused(Exception):
    """A list cannot be read so; `code` is a problem's, of status 400."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Asked:
    """What a page of a list is asked for by: JSON values, not looked at yet; None where nothing was said."""

    sort: tuple[str, bool] | None = None
    """A field, and whether the largest comes first."""
    first: int = 0
    last: int = 24
    """Places in the list, both included."""
    filters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Rows of a page, and how many the list has, counted up to `MAX_COUNTED`."""

    rows: Sequence[RowMapping]
    total: int


@dataclass(frozen=True)
class Listing:
    """A list of records."""

    source: str
    """A table or view."""
    columns: str
    key: tuple[Column, ...]
    sorts: Mapping[str, tuple[str, ...]]
    """Field → columns that order by it; `id` orders by the key."""
    ways: Mapping[Column | None, tuple[str, ...]]
    """Filter (none: without one) → the fields it can be sorted by, each read from an index; the first is the default,
    with the largest first."""

    async def page(self, connection: AsyncConnection, asked: Asked) -> Found:
        """The page that was asked for.

        Raises:
            QueryRefused: it is not read from an index, or what was asked for is no value of the column.
        """
        if ID in asked.filters:
            rows = await self._by_ids(connection, asked.filters)
            return Found(rows, len(rows))
        column, value = self._filter(asked.filters)
        where = "" if column is None else f" WHERE {column.condition(value)}"
        values = {} if column is None or column.is_literal else {column.name: value}
        # Numbers of rows stand in the statement: planned for any number, it would be sorted instead of read in order.
        rows_wanted = max(0, asked.last - asked.first + 1)
        statement = (
            f"SELECT {self.columns} FROM {self.source}{where} ORDER BY {self._order(column, asked.sort)} "
            f"LIMIT {rows_wanted} OFFSET {asked.first}"
        )
        counting = f"SELECT count(*) FROM (SELECT FROM {self.source}{where} LIMIT {MAX_COUNTED}) AS counted"
        rows = (await connection.execute(text(statement), values)).mappings().all()
        return Found(rows, int(await connection.scalar(text(counting), values) or 0))

    async def find(self, connection: AsyncConnection, record_id: str, *, to_change: bool = False) -> RowMapping | None:
        """The record, if there is one; `to_change`: nobody else changes it until the transaction ends."""
        key = self._key(record_id)
        if key is None:
            return None
        conditions = " AND ".join(column.condition(value) for column, value in zip(self.key, key, strict=True))
        values = {column.name: value for column, value in zip(self.key, key, strict=True)}
        lock = " FOR UPDATE" if to_change else ""
        statement = f"SELECT {self.columns} FROM {self.source} WHERE {conditions}{lock}"
        return (await connection.execute(text(statement), values)).mappings().first()

    async def _by_ids(self, connection: AsyncConnection, filters: Mapping[str, object]) -> Sequence[RowMapping]:
        if len(filters) > 1:
            raise QueryRefused("filter_unknown", "The filter `id` stands alone.")
        ids = filters[ID]
        wanted = ids if isinstance(ids, list) else [ids]
        if len(wanted) > MAX_ROWS:
            raise QueryRefused("range_refused", f"At most {MAX_ROWS} ids can be asked for at a time.")
        keys = [key for key in map(self._key, wanted) if key is not None]
        names = ", ".join(column.name for column in self.key)
        lists = ", ".join(f"CAST(:{column.name} AS {column.type}[])" for column in self.key)
        statement = (
            f"SELECT {self.columns} FROM {self.source} WHERE ({names}) IN (SELECT * FROM unnest({lists})) "
            f"ORDER BY {names}"
        )
        values = {column.name: [key[place] for key in keys] for place, column in enumerate(self.key)}
        return (await connection.execute(text(statement), values)).mappings().all()

    def _key(self, record_id: object) -> tuple[object, ...] | None:
        """The key that an id stands for; None: no record has such an id."""
        parts = record_id.split(ID_SEPARATOR) if isinstance(record_id, str) else [record_id]
        if len(parts) != len(self.key):
            return None
        try:
            return tuple(column.read(part) for column, part in zip(self.key, parts, strict=True))
        except ValueError:
            return None

    def _filter(self, filters: Mapping[str, object]) -> tuple[Column | None, object]:
        known = {column.name: column for column in self.ways if column is not None}
        if set(filters) - set(known):
            raise QueryRefused("filter_unknown", f"This list is filtered by {', '.join([*sorted(known), ID])}.")
        if len(filters) > 1:
            raise QueryRefused("filter_unknown", "This list is filtered by one field at a time.")
        for name, value in filters.items():
            try:
                return known[name], known[name].read(value)
            except ValueError as error:
                raise QueryRefused("filter_malformed", f"No {name} has this value: {error}.") from None
        return None, None

    def _order(self, column: Column | None, sort: tuple[str, bool] | None) -> str:
        possible = self.ways[column]
        name, is_descending = sort or (possible[0], True)
        if name not in possible:
            said = "" if column is None else f" filtered by {column.name}"
            raise QueryRefused("sort_unknown", f"This list{said} is sorted by {' or '.join(possible)}.")
        columns = tuple(each.name for each in self.key) if name == ID else self.sorts[name]
        return ", ".join(f"{each} DESC" if is_descending else each for each in columns)


def composed_id(*parts: object) -> str:
    """The id of a record whose key has several columns."""
    return ID_SEPARATOR.join(part.hex() if isinstance(part, bytes) else str(part) for part in parts)
