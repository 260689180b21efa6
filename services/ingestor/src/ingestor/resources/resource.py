"""What a resource is to the sync engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from contracts.envelope import EventData
from sqlalchemy import Table

from ingestor.wb.methods import Method

Position = dict[str, Any]
"""Where the reading of a resource stands: JSON, stored as its cursor after every page."""

Row = tuple[Any, ...]
"""A parsed row: the values of the table's data columns, in their order."""

INT64 = 2**63 - 1


class BrokenRow(ValueError):
    """A row that says something impossible."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a run begins. `sweep`: read again what may have changed unnoticed."""

    now: datetime
    sweep: bool
    page_rows: int


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its rows unparsed, and what the resource needs of it to find the next page."""

    rows: Sequence[msgspec.Raw]
    after: Any = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A page after parsing: how many rows it had, which were readable, how many were not."""

    rows: Sequence[Row]
    broken: int
    after: Any = None

    @property
    def size(self) -> int:
        return len(self.rows) + self.broken


@dataclass(frozen=True, slots=True)
class Step:
    """What follows a page: the position to go on from; `done`: nothing more to read now.

    `whole`: every row WB has was read in this pass, so that a row not among them is gone.
    """

    position: Position
    done: bool
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A row that was stored because it differed; `previous` has its earlier values where they differ."""

    row: Row
    revision: int
    previous: dict[str, Any] | None
    gone: bool = False

    @property
    def is_new(self) -> bool:
        return self.previous is None


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of data of a cabinet: how it is asked for, paged, parsed, stored and published.

    `version` names the column that orders the states of a row, if WB gives one; `unhashed` those whose change
    alone is no change of the row. `emptied` are the values of rows that WB stopped listing (none: not tracked).
    `parse` raises `msgspec.MsgspecError` or `ValueError` for a row that cannot be read.
    """

    name: str
    method: Method
    table: Table
    refresh_factor: int
    begin: Callable[[Position | None, Start], Position]
    ask: Callable[[Position], dict[str, Any]]
    read: Callable[[bytes], Page]
    parse: Callable[[msgspec.Raw, UUID, datetime], Row]
    advance: Callable[[Position, Seen], Step]
    event: Callable[[Sequence[Change]], EventData]
    is_live: Callable[[Change, datetime, bool], bool]
    version: str | None = None
    unhashed: frozenset[str] = field(default_factory=frozenset)
    emptied: dict[str, Any] | None = None


def text_or_none(value: str | None) -> str | None:
    """WB's text, none for nothing.

    Raises:
        BrokenRow: it holds a NUL character, which PostgreSQL cannot keep.
    """
    if value and "\x00" in value:
        raise BrokenRow("a text holds a NUL character")
    return value or None


def after_first_load(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """For rows without a time of their own: all of the first load is history, all that follows is news."""
    return not first_load
