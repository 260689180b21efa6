"""Columns that administrators filter by: how a value stands in JSON, and in SQL."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from gateway.numbers import whole_number
from gateway.telegram_ids import MAX_TELEGRAM_ID

_PLAIN_NAME = re.compile("[a-z_]{1,100}")
_UUID_PATTERN = '"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"'


@dataclass(frozen=True)
class Column:
    """A column of a list."""

    name: str
    type: str
    """In SQL."""
    read: Callable[[object], object]
    """The value that JSON stands for.

    Raises:
        ValueError: it stands for none.
    """
    pattern: str
    """Of its values as JSON, as a regular expression."""
    is_literal: bool = False
    """Whether its values, which are few, stand in statements themselves: only so do indexes of one of them serve."""

    def condition(self, value: object) -> str:
        """That the column has this value, which is bound under the column's name unless it is literal."""
        return f"{self.name} = '{value}'" if self.is_literal else f"{self.name} = CAST(:{self.name} AS {self.type})"


def uuid_column(name: str) -> Column:
    return Column(name, "uuid", _uuid, _UUID_PATTERN)


def telegram_id_column(name: str) -> Column:
    return Column(name, "bigint", _telegram_id, "[1-9][0-9]{0,14}")


def hash_column(name: str) -> Column:
    """Bytes, in JSON as hexadecimal digits."""
    return Column(name, "bytea", _bytes, '"([0-9a-f]{2})+"')


def name_column(name: str) -> Column:
    """A name that programs give: small letters and underscores."""
    return Column(name, "text", _plain_name, f'"{_PLAIN_NAME.pattern}"')


def word_column(name: str, *words: str, is_literal: bool = False) -> Column:
    """One of these words."""
    return Column(name, "text", lambda value: _one_of(words, value), f'"({"|".join(words)})"', is_literal)


def _uuid(value: object) -> UUID:
    if not isinstance(value, str):
        raise ValueError("not a UUID")  # noqa: TRY004  # the contract of `read`
    return UUID(value)


def _telegram_id(value: object) -> int:
    # Pages give numbers, and texts where they took them from their own path.
    number = whole_number(value, MAX_TELEGRAM_ID) if isinstance(value, str) else value
    if type(number) is not int or not 0 < number <= MAX_TELEGRAM_ID:
        raise ValueError("not the id of a Telegram user")
    return number


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("not hexadecimal digits")  # noqa: TRY004
    return bytes.fromhex(value)


def _plain_name(value: object) -> str:
    if not isinstance(value, str) or not _PLAIN_NAME.fullmatch(value):
        raise ValueError("not a name of small letters")
    return value


def _one_of(words: tuple[str, ...], value: object) -> str:
    for word in words:
        if word == value:
            return word
    raise ValueError(f"one of {', '.join(words)}")
