"""Rows that are not quite as WB says they are: read all the same, as far as that is safe.

Only a row that could not be read comes here. Its values are spelt as its resource expects them (a number where there
is a text, or the other way round); an optional field that is odd all the same is left out, and named. What is odd and
required costs the row. No resource has a part in it: fields are tried one after another until its own code takes the
row.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from ingestor.resources.resource import BrokenRow, Resource
from ingestor.sync.salvage import NUL, REPLACEMENT, mended

UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
"""What parsing one row may raise."""

MANY = 20
"""Odd values of a row after which a list or object that has one is left out whole."""

MAX_ODD = 200
"""A row of which more is odd is none."""

MAX_TRIED = 300
"""Fields that are tried to find the odd one."""

_ABSENT: Any = object()
_PROBES: tuple[Any, ...] = ("2026-01-01T00:00:00+03:00", "1", 1)
"""Values that most fields take: if one of them makes a row readable, it was that field."""

_AT = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_NUMBER = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")

Path = tuple[str | int, ...]
Attempt = Callable[[Any], Exception | None]

_values = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")
_usual: defaultdict[str, list[Path]] = defaultdict(list)
"""Where rows of a resource were odd before: WB seldom spoils one row only, and then the search is short."""

_fatal: dict[str, Path] = {}
"""The required field that was odd last, likewise."""


@dataclass(frozen=True, slots=True)
class Readable:
    """A row as it can be read, and the names of what was left out of it."""

    raw: msgspec.Raw
    odd: tuple[str, ...]


def readable(resource: Resource, raw: msgspec.Raw, observed_at: datetime) -> Readable:
    """The row as its resource can read it.

    Raises:
        BrokenRow: it cannot be read; the reason names the field.
    """
    value, odd = _decoded(bytes(raw))

    def attempt(changed: Any) -> Exception | None:
        try:
            _read(resource, changed, observed_at)
        except UNREADABLE as error:
            return error
        return None

    steps = 0
    while (error := attempt(value)) is not None:
        if (steps := steps + 1) > MAX_ODD:
            raise BrokenRow(f"more is odd in it than can be left out: {error}") from error
        find = _mistyped if isinstance(error, msgspec.ValidationError) else _impossible
        value, left_out = find(resource.name, value, error, attempt, whole=len(odd) >= MANY)
        odd += left_out
    for path in odd:
        if _is_of_the_key(resource, value, path, observed_at):
            raise BrokenRow(f"{_name(path)}: it is odd, and tells the row from others")
    return Readable(msgspec.Raw(_encoder.encode(value)), tuple(map(_name, odd)))


def _decoded(sent: bytes) -> tuple[Any, list[Path]]:
    """What the row says, and which of its texts are spoilt."""
    with suppress(*UNREADABLE):
        if NUL not in sent:
            return _encodable(_values.decode(sent)), []
    try:
        value = _encodable(_values.decode(mended(sent)))
    except UNREADABLE as error:
        raise BrokenRow(f"it is not JSON: {error}") from error
    return value, [path for path in _leaves(value) if REPLACEMENT in str(_get(value, path))]


def _read(resource: Resource, value: Any, observed_at: datetime) -> None:
    raw = msgspec.Raw(_encoder.encode(value))
    if resource.storage.key_of is not None:
        resource.storage.key_of(raw)
    resource.storage.parse(raw, observed_at)


def _is_of_the_key(resource: Resource, value: Any, path: Path, observed_at: datetime) -> bool:
    """Whether the row is another one with something else in that place."""
    keys = set()
    given = _get(value, path)
    for other in (given, *_PROBES):
        with suppress(*UNREADABLE):
            changed = _with(value, path, other)
            row = resource.storage.parse(msgspec.Raw(_encoder.encode(changed)), observed_at)
            keys.add(tuple(row[resource.storage.names.index(name)] for name in resource.storage.keys))
    return len(keys) > 1


def _with(value: Any, path: Path, other: Any) -> Any:
    """A copy with something else in a place, or without it."""
    if not path:
        return other
    step, *rest = path
    is_list = isinstance(value, list)
    copy: Any = list(value) if is_list else dict(value or {})
    if is_list and not (isinstance(step, int) and step < len(copy)):
        return copy
    if (item := _with(_get(value, (step,)), tuple(rest), other)) is not _ABSENT:
        copy[step] = item
    elif is_list:
        del copy[step]
    else:
        copy.pop(step, None)
    return copy


def _encodable(value: Any) -> Any:
    """The value with integers that no encoder takes as decimals."""
    if isinstance(value, dict):
        return {name: _encodable(item) for name, item in value.items()}
    if isinstance(value, list):
        return list(map(_encodable, value))
    is_too_large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return Decimal(value) if is_too_large else value


def _mistyped(_: str, value: Any, error: Exception, attempt: Attempt, *, whole: bool) -> tuple[Any, list[Path]]:
    """The row with what a decoder says is of the wrong type in another spelling, or without it: then, what it lacks.

    Raises:
        BrokenRow: the row cannot do without it.
    """
    path, what = _place(error)
    if not path or not isinstance(_get(value, path[:-1]), dict | list):
        raise BrokenRow(f"{_name(path)}: {what}" if path else what) from error
    given = _get(value, path)
    for spelling in _spellings(given):
        if _is_better(changed := _with(value, path, spelling), path, error, attempt):
            return changed, []
    # What cannot be left out takes what it is a part of with it: a size without a number is no size.
    for depth in range(1, len(path) + 1) if whole else range(len(path), 0, -1):
        for nothing in (None, _ABSENT):
            if _is_better(changed := _with(value, path[:depth], nothing), path[:depth], error, attempt):
                return changed, [] if given is None or given == "" else [path[:depth]]
    raise BrokenRow(f"{_name(path)}: {what}") from error


def _impossible(
    resource: str, value: Any, error: Exception, attempt: Attempt, *, whole: bool
) -> tuple[Any, list[Path]]:
    """As `_mistyped`, where the resource says what is wrong, but not with which field."""
    if (path := _fatal.get(resource)) and _is_to_blame(value, path, attempt):
        raise BrokenRow(f"{_name(path)}: {error}") from error
    usual = [path for path in _usual[resource] if _get(value, path) is not None]
    paths = [*usual, *(path for path in _leaves(value) if path not in usual)][:MAX_TRIED]
    for path in paths:
        for other in (*_spellings(_get(value, path)), None, _ABSENT):
            if _is_better(changed := _with(value, path, other), path, error, attempt):
                _remember(resource, path)
                return changed, [path] if other is None or other is _ABSENT else []
    for path in paths:
        if _is_to_blame(value, path, attempt):
            _fatal[resource] = path
            raise BrokenRow(f"{_name(path)}: {error}") from error
    raise BrokenRow(str(error)) from error


def _is_to_blame(value: Any, path: Path, attempt: Attempt) -> bool:
    return any(attempt(_with(value, path, probe)) is None for probe in _PROBES)


def _remember(resource: str, path: Path) -> None:
    usual = _usual[resource]
    if path in usual:
        usual.remove(path)
    usual.insert(0, path)
    del usual[MAX_TRIED:]


def _is_better(changed: Any, path: Path, error: Exception, attempt: Attempt) -> bool:
    """Whether a row that was changed in a place is without the error, and without one about that place."""
    after = attempt(changed)
    return after is None or (str(after) != str(error) and not _is_about(after, path))


def _is_about(error: Exception, path: Path) -> bool:
    if not isinstance(error, msgspec.ValidationError):
        return False
    place, what = _place(error)
    return place == path or (place == path[:-1] and what.endswith(f"missing required field `{path[-1]}`"))


def _place(error: Exception) -> tuple[Path, str]:
    """Where in a row a decoder found something wrong, and what."""
    found = _AT.fullmatch(str(error))
    steps = _STEP.findall((found and found["path"]) or "")
    return tuple(int(at) if at else name for name, at in steps), found["what"] if found else str(error)


def _spellings(value: Any) -> Iterator[Any]:
    """The same value as another type, none of which it is now."""
    if isinstance(value, str):
        compact = "".join(value.split())
        if _NUMBER.fullmatch(compact):
            yield _encodable(_whole(Decimal(compact.replace(",", "."))))
        if compact.lower() in {"true", "1"}:
            yield True
        if compact.lower() in {"false", "0"}:
            yield False
    elif isinstance(value, bool):
        yield str(value).lower()
    elif isinstance(value, int | Decimal):
        whole = _whole(Decimal(value))
        if isinstance(value, Decimal):
            yield _encodable(whole)
        yield str(whole)
        if value in {0, 1}:
            yield bool(value)


def _whole(number: Decimal) -> int | Decimal:
    return int(number) if abs(number) < 2**64 and number == number.to_integral_value() else number


def _leaves(value: Any, at: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, (*at, name))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _leaves(item, (*at, n))
    elif value is not None and at:
        yield at


def _get(value: Any, path: Path) -> Any:
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def _name(path: Path) -> str:
    return ".".join(step for step in path if isinstance(step, str))
