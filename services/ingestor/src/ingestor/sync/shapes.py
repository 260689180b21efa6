"""What the rows of each method look like: fields nobody knew, types they never had, codes WB never gave.

Only rows are looked at whose bytes differ from what is stored, a few of a page, so that pages without news pay nothing.
What is kept are names; of what a field holds nothing but codes of WB's own, where its resource says so
(`Resource.codes`).
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, NamedTuple

import msgspec

from ingestor.sync.keyed_rows import KeyedRows
from ingestor.sync.lenient import UNREADABLE

Kind = Literal["field", "type", "value"]

ROWS = 5
ROWS_PER = 5_000
"""Rows of a page that are looked at: five, and one more for so many that differ."""

MANY = 1_000
"""Names of a method; what comes beyond them is not noted."""

DEPTH = 4
ITEMS = 2
"""How deep rows are looked into, and at how many items of a list."""

LONGEST = 60
OTHER = "*"
"""Stands for what is no name, as where the keys of an object are ids or dates, and for what is no code."""

_CODE = re.compile(r"[\w .,:/+()-]{1,60}")
_TYPES: dict[type, str] = {str: "text", bool: "flag", int: "number", float: "number", dict: "object", list: "list"}


class Name(NamedTuple):
    """Something that rows have: a field by its path, one with its type, or one with a code."""

    kind: Kind
    name: str


@dataclass(slots=True)
class Noted:
    """In how many of the rows that were looked at it was; `is_news` unless it only shows what was empty before."""

    times: int = 0
    is_news: bool = True


@dataclass(slots=True)
class Shape:
    """The rows of one method: names that are known, those of them that have drifted, and what is to be noted."""

    known: set[Name] = field(default_factory=set)
    drifted: set[Name] = field(default_factory=set)
    noted: dict[Name, Noted] = field(default_factory=dict)

    def look(self, row: Any, codes: Collection[str]) -> None:
        """Note what is not known of a row's names, and count what has drifted."""
        names = set(islice(_names(row, "", DEPTH, codes), MANY))
        unknown = names - self.known if len(self.known) < MANY else set()
        for name in unknown:
            self.noted[name] = Noted(0, self._is_news(name))
        self.known |= unknown
        for name in names & (self.noted.keys() | self.drifted):
            self.noted.setdefault(name, Noted()).times += 1

    def _is_news(self, name: Name) -> bool:
        """Whether its place was known before: what is in an object that was never there before belongs to that."""
        if name.kind == "field":
            within, _, _ = name.name.rpartition(".")
            return not within or Name("type", f"{within}: object") in self.known
        if name.kind == "type":
            path, _, _ = name.name.rpartition(": ")
            return any(Name("type", f"{path}: {other}") in self.known for other in set(_TYPES.values()))
        return True


class Shapes:
    """What this process has seen of all methods."""

    def __init__(self) -> None:
        self._methods: dict[str, Shape] = {}

    def look(self, method: str, rows: Iterable[bytes | msgspec.Raw], codes: Collection[str] = ()) -> None:
        """Note what rows have; one that is no JSON is passed over."""
        shape = self._methods.setdefault(method, Shape())
        for raw in rows:
            with suppress(*UNREADABLE):
                shape.look(msgspec.json.decode(raw), codes)

    def drain(self) -> dict[str, dict[Name, Noted]]:
        """What there is to note since the last time, by method."""
        found = {method: shape.noted for method, shape in self._methods.items() if shape.noted}
        for method in found:
            self._methods[method].noted = {}
        return found

    def give_back(self, found: Mapping[str, Mapping[Name, Noted]]) -> None:
        """What was drained could not be noted: it is to be noted yet."""
        for method, names in found.items():
            noted = self._methods[method].noted
            for name, before in names.items():
                since = noted.get(name)
                noted[name] = Noted(before.times + (since.times if since else 0), before.is_news)

    def learn(self, known: Mapping[str, Mapping[Name, bool]]) -> None:
        """What all processes know: by method, and by name whether it has drifted."""
        for method, names in known.items():
            shape = self._methods.setdefault(method, Shape())
            shape.known |= names.keys()
            shape.drifted = {name for name, has_drifted in names.items() if has_drifted}


def rows_to_look_at(keyed: KeyedRows, places: Sequence[int]) -> list[bytes | msgspec.Raw]:
    """A few rows of a page: of those at `places`, and of those that could not be read as they came."""
    sent = keyed.as_sent()
    some = places[:: max(1, len(places) // (ROWS + len(places) // ROWS_PER))][: ROWS + len(places) // ROWS_PER]
    rows: list[bytes | msgspec.Raw] = [sent.get(bytes(keyed.rows[place]), keyed.rows[place]) for place in some]
    return rows + [each.body for each in keyed.broken[:ROWS]]


def _names(value: Any, path: str, depth: int, codes: Collection[str]) -> Iterator[Name]:
    """All names in an object or a list at a path."""
    if not depth:
        return
    if isinstance(value, list):
        inner = [(f"{path}[]", item) for item in value[:ITEMS]]
    elif isinstance(value, dict):
        inner = [(f"{path}.{_step(key)}" if path else _step(key), item) for key, item in value.items()]
        yield from (Name("field", place) for place, _ in inner)
    else:
        return
    for place, item in inner:
        if item is None:
            continue
        yield Name("type", f"{place}: {_TYPES[type(item)]}")
        if isinstance(item, dict | list):
            yield from _names(item, place, depth - 1, codes)
        elif place in codes:
            yield Name("value", f"{place} = {item if _CODE.fullmatch(str(item)) else OTHER}")


def _step(key: str) -> str:
    return key if key.isidentifier() and len(key) <= LONGEST else OTHER
