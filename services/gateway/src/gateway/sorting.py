"""Orders in which lists are read, and the places in them from which reading goes on."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

_MOST = 2**63
_LONGEST_NUMBER = 100
"""Digits before or after the point."""


class NotACursor(ValueError):
    """A text that is no cursor of the order in which it is to be read."""


def _whole(value: str) -> int:
    number = int(value)
    if not -_MOST <= number < _MOST:
        raise ValueError("too large")
    return number


def _text(value: str) -> str:
    if "\0" in value:
        raise ValueError("no text of PostgreSQL")
    return str(value)


def _number(value: str) -> Decimal:
    number = Decimal(value)
    if number.is_nan() or not -_LONGEST_NUMBER < number.adjusted() < _LONGEST_NUMBER:
        raise ValueError("not a number")
    return number


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


_READ: Mapping[str, Callable[[str], Any]] = {
    "bigint": _whole,
    "date": date.fromisoformat,
    "numeric": _number,
    "text": _text,
    "timestamptz": _moment,
    "uuid": UUID,
}


@dataclass(frozen=True)
class Key:
    """A column that a list is ordered by, never null."""

    column: str
    type: str
    """In SQL; one that cursors know how to write."""


@dataclass(frozen=True)
class Sorting:
    """An order of a list. Its keys together tell every row from any other, so that no page skips or repeats one."""

    name: str
    keys: Sequence[Key]
    descending: bool = False

    def order_by(self, of: str = "") -> str:
        """The keys as SQL orders by them; `of` stands before each column."""
        return ", ".join(f"{of}{key.column}{' DESC' if self.descending else ''}" for key in self.keys)

    def after(self, place: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        """The condition, with its values, that leaves what comes after a place."""
        columns = ", ".join(key.column for key in self.keys)
        places = ", ".join(f"CAST(:after_{n} AS {key.type})" for n, key in enumerate(self.keys))
        values = {f"after_{n}": value for n, value in enumerate(place)}
        return f"({columns}) {'<' if self.descending else '>'} ({places})", values

    def cursor(self, row: RowMapping | Mapping[str, Any]) -> str:
        """The place of a row."""
        values = [row[key.column] for key in self.keys]
        return self._encode([value.astimezone(UTC) if isinstance(value, datetime) else value for value in values])

    def _encode(self, values: Sequence[Any]) -> str:
        texts = [value.isoformat() if isinstance(value, date) else str(value) for value in values]
        spelt = json.dumps([self.name, *texts], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(spelt.encode()).decode().rstrip("=")

    def place(self, cursor: str) -> list[Any]:
        """The values of the keys at the place that a cursor names.

        Raises:
            NotACursor: it is none of this order.
        """
        try:
            name, *texts = json.loads(
                base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            )
            values = [_READ[key.type](text) for key, text in zip(self.keys, texts, strict=True)]
            # The same place spelt otherwise would be another cache key.
            is_own = name == self.name and self._encode(values) == cursor
        except (ArithmeticError, UnicodeError, ValueError, TypeError, RecursionError) as error:
            raise NotACursor("not a cursor") from error
        if not is_own:
            raise NotACursor("not a cursor")
        return values
