"""What a resource is to the sync engine."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from contracts.envelope import EventData
from contracts.wb_token import Category, TokenKind
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.table import data_names, key_columns
from ingestor.wb.methods import Method

AHEAD = timedelta(minutes=5)
"""How far clocks of WB's own may be apart."""

LAST_MOMENT = datetime.max.replace(tzinfo=UTC)

Position = dict[str, Any]
"""Where the reading of a resource stands: JSON, stored as its cursor after every page."""

Row = tuple[Any, ...]
"""A parsed row: the values of the resource's columns, in their order; JSON as text."""

Key = tuple[Any, ...]
"""What tells a row from the others of its cabinet: the values of the table's key columns."""


Stretch = tuple[datetime, datetime]
"""A stretch of time: from a moment until another, which is not part of it."""

Derive = Callable[[UUID], Callable[[Row], Any]]
"""What makes a field of an event that no column holds: for a cabinet, from a row."""


class BrokenRow(ValueError):
    """A row that says something impossible."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a run begins. `sweep`: read again what may have changed unnoticed.

    `rate`: how many times faster than WB it all goes (only a sped-up simulator's is not 1). `newest` is what a first
    load reads; what is older follows as a range (default: all of it at once).
    """

    now: datetime
    sweep: bool
    page_rows: int
    rate: float = 1
    newest: timedelta = timedelta.max

    def depth(self, whole: timedelta, least: timedelta) -> timedelta:
        """How far back a first load goes that would go back by `whole`, and reads `least` by one call anyway."""
        return min(whole, max(least, self.newest))


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its rows unparsed, and what the resource needs of it to find the next page.

    `mended` are rows that were no JSON, as WB sent them.
    """

    rows: Sequence[msgspec.Raw]
    after: Any = None
    mended: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A page after it was stored: its rows, and what `key_of` marked them with.

    `broken`: how many of them could not even be told apart (a broken row whose key is known is not gone).
    `repeated`: how many of the `distinct` ones with a key this pass had read before (known where rows that are gone are
    looked for).
    `wb_now` is WB's clock when it answered: what lies after it has not happened, so that nothing may be led by it.
    """

    rows: Sequence[msgspec.Raw]
    marks: Sequence[Any] = ()
    broken: int = 0
    after: Any = None
    repeated: int = 0
    distinct: int = 0
    wb_now: datetime | None = None

    @property
    def size(self) -> int:
        return len(self.rows)

    @property
    def latest(self) -> datetime:
        """What is later than this cannot be."""
        return LAST_MOMENT if self.wb_now is None else self.wb_now + AHEAD


def same_page(position: Position, seen: Seen) -> Position:
    """Where a page is found again of which a row changes its place only if it changes."""
    return position


@dataclass(frozen=True, slots=True)
class Step:
    """What follows a page: the position to go on from; `done`: nothing more to read now.

    `whole`: every row WB has was read in this pass, so that a row not among them is gone.
    `wait_seconds`: WB is not ready yet; the run goes on later.
    """

    position: Position
    done: bool
    whole: bool = False
    wait_seconds: float = 0


@dataclass(slots=True)
class Change:
    """A row that was stored because it differed.

    `snapshot` is the row as its event tells it: a JSON object. `previous` has the earlier values of the fields
    that differ (none: the row is new). `moment` is when the state came about, if WB says so. `first_from_source`: the
    row was there, but not from this source. `others` are the columns that another source wrote, where it did.
    """

    key: Key
    snapshot: bytes
    revision: int
    previous: dict[str, Any] | None
    moment: datetime | None = None
    first_from_source: bool = False
    gone: bool = False
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        return self.previous is None


def new_or_changed(change: Change) -> str:
    """The kind of a change: `new`, `changed`, or `gone`."""
    return "gone" if change.gone else "new" if change.is_new else "changed"


def after_first_load(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """For rows without a time of their own: all of the first load is history, all that follows is news."""
    return not first_load


def since_connected(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """For rows with a time: what came about before the cabinet was connected is history, whenever it is read."""
    return change.moment is not None and change.moment >= connected_at


def as_stored(values: dict[str, Any], cabinet_id: UUID) -> dict[str, Any]:
    """The event's fields are the columns."""
    return values


def as_compared(previous: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What differs of the columns differs of the fields."""
    return previous


def tells_by_itself(change: Change) -> bool:
    """No other source tells of the rows."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """How a stretch of time is read, apart from where the reading of news stands.

    `cut` makes windows of a stretch, the newest first (it knows the present too); `position` is where the reading of
    one begins, so that it ends by itself at the window's end, which is not part of it. `earliest`: how far back WB
    has rows at a moment. A first load goes back by `first_load` (none: it is not read newest first), of which the last
    `newest` are read at least before the news; what is `older` than that is cut in its own way, where one is given.
    """

    cut: Callable[[Stretch, datetime], list[Stretch]]
    position: Callable[[Stretch, Start], Position]
    earliest: Callable[[datetime], datetime]
    first_load: timedelta | None = None
    newest: timedelta = timedelta(0)
    older: Callable[[Stretch, datetime], list[Stretch]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a resource is asked for, page by page; `paging` and `overlap` (what is read again) say it in words.

    `begin` finds where a run starts, a sweep (every `sweep`) further back; `ask` gives the arguments of the next call
    (`params`, `json`, `path`, and `method` if it is not the usual one but one of `also`); `read` splits the answer into
    rows; `advance` finds what follows. `since` is what the first position has instead, to begin at a moment (none: it
    cannot).

    `subjects` are the ids the next call is about, where they come from our own tables (none left: done), `ids_at_once`
    at most; they are put into the position as `ids`. `parts` are what the next call is about, one after another (ids,
    days), where that is ours to choose: if WB refuses it, the next calls are about fewer (`resources.batches`).
    `of_part` is what a position has where a part begins, if one takes several pages.

    `renewed` names what `begin` brings up to date in the position of a pass that goes on.

    `again` is the position at which the rows of a page are found later, if some of them were odd (none: every sweep
    reads all that WB still has). `within`: how a stretch of time is read (none: WB gives all of it at once, or leads on
    by itself).
    """

    begin: Callable[[Position | None, Start], Position]
    ask: Callable[[Position], dict[str, Any]]
    read: Callable[[bytes], Page]
    advance: Callable[[Position, Seen], Step]
    paging: str
    overlap: str
    sweep: timedelta = timedelta(hours=1)
    since: Callable[[datetime], Position] | None = None
    also: tuple[Method, ...] = ()
    subjects: Callable[[AsyncConnection, UUID, Position], Awaitable[Sequence[Any]]] | None = None
    ids_at_once: int = 0
    parts: Callable[[Position], Sequence[Any]] | None = None
    of_part: Position = field(default_factory=dict)
    renewed: frozenset[str] = frozenset()
    again: Callable[[Position, Seen], Position] | None = None
    within: Within | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Storage:
    """How rows are parsed, and kept in `table`.

    `parse` makes a row, raising `msgspec.MsgspecError` or `ValueError` for one that cannot be read; `key_of` makes only
    its key and a mark for `advance` (default: by parsing it). `parser` counts the versions of `parse`: a new one reads
    every row anew, although WB's bytes are the same.

    `columns` of the table are this resource's (default: all). `digest` names the column that keeps the hash of WB's
    bytes; `yields` columns that another source writes as well, each with that source's digest: where it has the row,
    its value stays. `version` the one that orders the states of a row, if WB gives one; `event_time` the one that
    says when the state came about; `untracked` those whose change alone is no change of the row. `when_gone` are the
    values of rows that WB stopped listing (none: that is not tracked). Losing much has to be confirmed: many such
    rows, all rows of one `grouped_by` (a key column), or in many rows a value of a `vital` column (to 0 or none).
    `history` keeps every change. `known_only`: rows that the table does not have are left out.
    """

    table: Table
    parse: Callable[[msgspec.Raw, datetime], Row]
    key_of: Callable[[msgspec.Raw], tuple[Key, Any]] | None = None
    parser: int = 1
    columns: tuple[str, ...] | None = None
    digest: str = "content_hash"
    yields: Mapping[str, str] = field(default_factory=dict)
    version: str | None = None
    event_time: str | None = None
    untracked: frozenset[str] = frozenset()
    when_gone: Mapping[str, Any] | None = None
    grouped_by: str | None = None
    vital: tuple[str, ...] = ()
    history: Table | None = None
    known_only: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns whose values a parsed row holds."""
        return self.columns or data_names(self.table)

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns."""
        return key_columns(self.table)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Publishing:
    """How changes are published: as an `event` with them under `rows`.

    Its fields are the columns and the `derived` ones: by name, what makes of a cabinet what makes the field of a row.
    `snapshot` mends the fields of a row of which another source wrote columns too, and `earlier` makes of such a
    row's previous columns, and of all its columns now, the previous fields. `kind` is a row's `change`; `completes`:
    another source told it, and the event says so; `is_live`: whether it is news or history. `in_sellers_currency`:
    where a row states no currency its event states the seller's, which is the `currency` of rows that are
    `states_currency`.
    """

    event: type[EventData]
    rows: str
    derived: Mapping[str, Derive] = field(default_factory=dict)
    snapshot: Callable[[dict[str, Any], UUID], dict[str, Any]] = as_stored
    earlier: Callable[[dict[str, Any], Mapping[str, Any]], dict[str, Any]] = as_compared
    kind: Callable[[Change], str] = new_or_changed
    completes: Callable[[Change], bool] = tells_by_itself
    is_live: Callable[[Change, datetime, bool], bool] = after_first_load
    in_sellers_currency: bool = False
    states_currency: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One kind of data of a cabinet: its method at WB, how often it is read, and how it is read, stored and published.

    It is read while `stands_in_for` cannot be, or always, beside the resource that it `completes`: then both tell of
    the same rows. A resource whose `method` is closed to a token is not read. Of what is due, what `comes_first` is
    what a seller waits for: orders, and what buyers want answered. `renewed`: how often WB renews what it shows, where
    it says so and that is more rarely than it is asked. `changes_by_itself`: its rows come with each day, or change for
    all sellers, and are no sign of life of a cabinet. `codes` are paths in WB's rows whose values are of a list of its
    own: such as it never gave are noted.
    """

    name: str
    method: Method
    refresh: timedelta
    reading: Reading
    storage: Storage
    publishing: Publishing
    comes_first: bool = False
    renewed: timedelta | None = None
    changes_by_itself: bool = False
    stands_in_for: str | None = None
    completes: str | None = None
    codes: frozenset[str] = frozenset()

    @property
    def source(self) -> str:
        """What a seller sees as one with it: it is late only if all of that is."""
        return self.stands_in_for or self.completes or self.name

    def is_open_to(self, kind: TokenKind, categories: frozenset[Category]) -> bool:
        """Whether a token of that kind and categories may read it."""
        return self.method.is_open_to(kind, categories)
