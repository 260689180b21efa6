"""A page of a list over several cabinets, each read from an index no further than the page reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from gateway.freshness import Freshness
from gateway.reading import Row, Shown
from gateway.sorting import Sorting

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)

MOST_COUNTED = 10_000
"""A longer list is not counted to its end, unless that is asked for."""

LOOKED_AT = 5_000
"""Rows that a page looks at, at most, where it leaves rows out by what no index of its order knows."""


@dataclass(frozen=True)
class Window:
    """Which part of a list: `limit` rows, after a cursor or from an offset on."""

    limit: int
    offset: int = 0
    cursor: str | None = None
    count_to: int | None = None
    """How far the list is counted; none: as far as lists are."""


@dataclass(frozen=True)
class Rows:
    """Rows of a page."""

    rows: Sequence[Row]
    next_cursor: str | None
    is_cut: bool = False
    """It ended before it was full, because it may look at no more rows."""


@dataclass(frozen=True)
class Total:
    """How many rows a list has."""

    count: int
    is_exact: bool = True
    """False: it has so many at least, for it was not counted to its end."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list, ready to be shown."""

    rows: Sequence[T]
    next_cursor: str | None
    total: Total | None
    """Of the whole list; none: not counted, because the page was read after a cursor."""
    freshness: Freshness | None
    """None: as old as the reading."""


@dataclass(frozen=True)
class Bounds:
    """Of the first key of a list's order: from which value on, and before which. None: no bound."""

    lower: Any = None
    upper: Any = None


@dataclass(frozen=True)
class Branches:
    """What a list is put together from: each branch is read from one end of an index."""

    sql: str
    """What stands after FROM; it gives `branch` with a `cabinet_id`, and whatever the list's conditions name."""
    count: int
    values: Mapping[str, Any]

    @classmethod
    def of(cls, cabinets: Sequence[UUID]) -> "Branches":
        """A branch for each cabinet."""
        sql = "unnest(CAST(:cabinets AS uuid[])) AS branch (cabinet_id)"
        return cls(sql, len(cabinets), {"cabinets": list(cabinets)})


@dataclass(frozen=True)
class Listing:
    """Rows of a published view that conditions leave, in an order of its own."""

    source: str
    """What stands after FROM; it has a `cabinet_id`."""
    columns: str
    conditions: Sequence[str]
    values: Mapping[str, Any]
    sorting: Sorting
    branches: Branches
    bounds: Bounds = Bounds()
    checks: Sequence[str] = ()
    """Conditions on a row (`each`) that no index of the order knows. A page looks at `LOOKED_AT` rows at most, and then
    ends before it is full, with a cursor to read on from there."""
    count_to: int = MOST_COUNTED

    async def page(self, shown: Shown, window: Window) -> Rows:
        """The rows of the window, in one statement.

        Raises:
            NotACursor: the cursor is none of this list.
        """
        statement, values = self.statement(window)
        found = await shown.rows(statement, values)
        rows = found[: window.limit]
        if not self.checks:
            return Rows(rows, self.sorting.cursor(rows[-1]) if len(found) > window.limit else None)
        if not rows and window.offset:
            # Perhaps looking ended before it came so far: then it goes on from there.
            statement, values = self.statement(Window(limit=1), only_ends=True)
            rows = await shown.rows(statement, values)
        is_cut = any(row["is_end"] for row in rows)
        wanted = [row for row in rows if row["is_wanted"]] if found else []
        is_more = is_cut or len(found) > window.limit
        return Rows(wanted, self.sorting.cursor(rows[-1]) if is_more else None, is_cut)

    async def total(self, shown: Shown, window: Window, page: Rows | None = None) -> Total | None:
        """How many rows there are; none for pages that are read after a cursor, which were counted with the first.

        What the window has of them (`page`) spares counting a list that ends in it.
        """
        if window.cursor is not None:
            return None
        if page is not None and not window.offset and (page.next_cursor is None or page.is_cut):
            return Total(len(page.rows), is_exact=not page.is_cut)
        most = window.count_to or self.count_to
        conditions, values = self._bounded()
        # By the list's own order, so that it is read from the same index.
        order = self.sorting.order_by()
        if self.checks:
            looked = self._looked_at(conditions)
            statement = f"""
                SELECT count(*) FILTER (WHERE is_wanted) AS found, coalesce(bool_or(is_end), false) AS is_cut
                FROM {self.branches.sql} CROSS JOIN LATERAL ({looked}) AS looked
            """
            values["looked_at"] = self._most_looked_at
        else:
            statement = f"""
                SELECT count(*) AS found, false AS is_cut FROM (
                    SELECT FROM {self.branches.sql} CROSS JOIN LATERAL (
                        SELECT FROM {self.source} WHERE cabinet_id = branch.cabinet_id{_and(conditions)}
                        ORDER BY {order} LIMIT :most
                    ) AS each LIMIT :most
                ) AS counted
            """
            values["most"] = most + 1
        [counted] = await shown.rows(statement, values)
        found, is_cut = counted["found"], counted["is_cut"]
        return Total(min(found, most), is_exact=not is_cut and found <= most)

    def statement(self, window: Window, *, only_ends: bool = False) -> tuple[str, dict[str, Any]]:
        """What reads one row more than the window has; or only the first row at which looking ended."""
        conditions, values = self._bounded(window.cursor)
        values |= {"rows": window.limit + 1, "skipped": window.offset}
        order = self.sorting.order_by()
        if not self.checks:
            values["reach"] = window.offset + window.limit + 1
            # Branch by branch, so that each is read from one end of an index and no further than the window reaches.
            statement = f"""
                SELECT found.* FROM {self.branches.sql} CROSS JOIN LATERAL (
                    {self._read(conditions)} LIMIT :reach
                ) AS found ORDER BY {order} LIMIT :rows OFFSET :skipped
            """
            return statement, values
        values["looked_at"] = self._most_looked_at
        reach = ""
        if not only_ends:
            values["reach"] = window.offset + window.limit + 1
            reach = f"WHERE is_wanted OR is_end ORDER BY {order} LIMIT :reach"
        # What comes after the end of looking in one branch is left to the next page: the branch may have rows between.
        statement = f"""
            SELECT * FROM (
                SELECT found.*, coalesce(bool_or(is_end) OVER (
                    ORDER BY {self.sorting.order_by("found.")} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ), false) AS is_beyond
                FROM {self.branches.sql} CROSS JOIN LATERAL (
                    SELECT * FROM ({self._looked_at(conditions)}) AS looked {reach}
                ) AS found
            ) AS given WHERE NOT is_beyond{" AND is_end" if only_ends else ""}
            ORDER BY {order} LIMIT :rows OFFSET :skipped
        """
        return statement, values

    @property
    def _most_looked_at(self) -> int:
        return max(LOOKED_AT // max(self.branches.count, 1), 1)

    def _read(self, conditions: Sequence[str]) -> str:
        return f"""
            SELECT {self.columns} FROM {self.source} WHERE cabinet_id = branch.cabinet_id{_and(conditions)}
            ORDER BY {self.sorting.order_by()}
        """

    def _looked_at(self, conditions: Sequence[str]) -> str:
        return f"""
            SELECT each.*, ({" AND ".join(self.checks)}) IS TRUE AS is_wanted,
                row_number() OVER () = CAST(:looked_at AS bigint) AS is_end
            FROM ({self._read(conditions)} LIMIT :looked_at) AS each
        """

    def _bounded(self, cursor: str | None = None) -> tuple[list[str], dict[str, Any]]:
        """All conditions and their values, those of the bounds and of the cursor among them."""
        conditions, values = list(self.conditions), {**self.values, **self.branches.values}
        key, lower, upper = self.sorting.keys[0], self.bounds.lower, self.bounds.upper
        if cursor is not None:
            place = self.sorting.place(cursor)
            # Of two ends that reading could begin at only the further one: an index is read from the one that it is
            # given first.
            is_descending = self.sorting.descending
            begin = upper if is_descending else lower
            if begin is None or (place[0] < begin if is_descending else place[0] >= begin):
                lower, upper = (lower, None) if is_descending else (None, upper)
                condition, of_place = self.sorting.after(place)
                conditions.append(condition)
                values |= of_place
        for sign, name, bound in ((">=", "lower", lower), ("<", "upper", upper)):
            if bound is not None:
                conditions.append(f"{key.column} {sign} CAST(:{name} AS {key.type})")
                values[name] = bound
        return conditions, values


def part_of(rows: Sequence[M], window: Window, sorting: Sorting) -> Page[M]:
    """A page of a short list that was read whole, in the ascending order of its keys.

    Raises:
        NotACursor: the cursor is none of this list.
    """

    def place(row: M) -> list[Any]:
        return [getattr(row, key.column) for key in sorting.keys]

    after = None if window.cursor is None else list(sorting.place(window.cursor))
    rest = [row for row in rows if after is None or place(row) > after][window.offset :]
    shown, is_more = rest[: window.limit], len(rest) > window.limit
    next_cursor = (
        sorting.cursor({key.column: getattr(shown[-1], key.column) for key in sorting.keys}) if is_more else None
    )
    return Page(shown, next_cursor, Total(len(rows)) if window.cursor is None else None, None)


def _and(conditions: Sequence[str]) -> str:
    return "".join(f" AND {condition}" for condition in conditions)
