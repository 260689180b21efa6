"""Rows in the order of `lastChangeDate`, as the statistics methods page through them."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from math import inf
from typing import Protocol


@dataclass(slots=True)
class Version:
    """One state a row went through; times are real Unix seconds.

    `served_at` is the first time an answer contained it undamaged, None until then.
    """

    key: str
    number: int
    kind: str
    changed_at: float
    visible_at: float
    served_at: float | None = None


class Row(Protocol):
    """Anything a page is made of: its key, its JSON, and the version whose serving is recorded."""

    @property
    def key(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def version(self) -> Version | None: ...


@dataclass(slots=True, eq=False)
class Entry:
    """A serialised row: `changed` is `lastChangeDate`, `dated` is `date`, simulated Unix seconds."""

    changed: int
    dated: int
    key: str
    body: bytes
    version: Version
    live: bool = True


class Page(list[Entry]):
    """Entries answered together. The feed gives the same page again while it is true, so what is worked out stays."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        super().__init__(entries)
        self.oldest = min((entry.dated for entry in self), default=inf)
        self._joined: bytes | None = None
        self._served = False

    def joined(self) -> bytes:
        """The rows' JSON with commas between."""
        if self._joined is None:
            self._joined = b",".join([entry.body for entry in self])
        return self._joined

    def serve(self, at: float) -> None:
        """Write down that the rows were answered, at a moment in real Unix seconds."""
        if not self._served:
            self._served = True
            mark_served(self, at)


def mark_served(rows: Iterable[Row], at: float) -> None:
    """Write down the first answer of each row's version, at a moment in real Unix seconds."""
    for row in rows:
        if row.version is not None and row.version.served_at is None:
            row.version.served_at = at


class Feed:
    """Holds the visible version of every row; a superseded one is never answered again."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._current: dict[str, Entry] = {}
        self._hidden: list[tuple[float, int, Entry]] = []
        self._tie = count()
        self._dead = 0
        self._shown = 0
        self._page: tuple[tuple[float, bool, int, int], Page] | None = None

    def publish(self, entry: Entry, visible_at: float, now: float) -> None:
        """Make the entry its row's answer from the simulated moment `visible_at` on."""
        if visible_at > now:
            heapq.heappush(self._hidden, (visible_at, next(self._tie), entry))
        else:
            self._show(entry)

    def since(self, start: float, *, inclusive: bool, rows: int, oldest: float, now: float) -> Page:
        """At most `rows` visible rows changed from `start` on, ascending, dated `oldest` or later."""
        self._reveal(now)
        asked = (start, inclusive, rows, self._shown)
        if self._page is not None and self._page[0] == asked and self._page[1].oldest >= oldest:
            return self._page[1]
        find = bisect_left if inclusive else bisect_right
        page = Page(islice(self._alive(find(self._entries, start, key=_changed), oldest), rows))
        self._page = (asked, page)
        return page

    def on_day(self, midnight: int, next_midnight: int, *, oldest: float, now: float) -> list[Entry]:
        """Every visible row whose `date` lies in the day, uncapped, in `lastChangeDate` order."""
        self._reveal(now)
        return [entry for entry in self._alive(0, oldest) if midnight <= entry.dated < next_midnight]

    def _alive(self, first: int, oldest: float) -> Iterator[Entry]:
        entries = islice(self._entries, first, None)
        return (entry for entry in entries if entry.live and entry.dated >= oldest)

    def _reveal(self, now: float) -> None:
        while self._hidden and self._hidden[0][0] <= now:
            self._show(heapq.heappop(self._hidden)[2])

    def _show(self, entry: Entry) -> None:
        previous = self._current.get(entry.key)
        if previous is not None:
            if previous.version.number > entry.version.number:
                return
            previous.live = False
            self._dead += 1
        self._shown += 1
        self._current[entry.key] = entry
        if not self._entries or self._entries[-1].changed <= entry.changed:
            self._entries.append(entry)
        else:
            self._entries.insert(bisect_right(self._entries, entry.changed, key=_changed), entry)
        if self._dead > 1_000 and self._dead * 2 > len(self._entries):
            self._entries = [kept for kept in self._entries if kept.live]
            self._dead = 0


def _changed(entry: Entry) -> int:
    return entry.changed
