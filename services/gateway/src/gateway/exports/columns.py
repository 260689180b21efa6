"""The rows of a list as a table: what a model has within itself stands in columns of its own."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from gateway.exports.titles import title_of

Cell = str | int | Decimal | bool | date | datetime | None
"""What stands in a cell; a `datetime` is a `date` too."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    path: tuple[str, ...]
    """The members that lead to it."""
    title: str
    """For sellers."""


@cache
def columns_of(model: type[BaseModel]) -> Sequence[Column]:
    """The columns of a list of such rows, in the order of the model."""
    return [Column(path, title_of(path)) for path in _paths(model)]


def cells_of(row: BaseModel) -> list[Cell]:
    """The row's cells, one for each column of its model."""
    return [_cell(_at(row, column.path)) for column in columns_of(type(row))]


def _paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        within = _model_in(field.annotation)
        if within is None:
            yield (name,)
        else:
            yield from ((name, *path) for path in _paths(within))


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field has, or has several of."""
    if get_origin(annotation) is Annotated:
        return _model_in(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    parts = [part for part in get_args(annotation) if part is not NoneType and part is not Ellipsis]
    return _model_in(parts[0]) if len(parts) == 1 else None


def _at(value: Any, path: Sequence[str]) -> Any:
    for n, name in enumerate(path):
        if value is None:
            return None
        if isinstance(value, tuple):
            return tuple(_at(each, path[n:]) for each in value)
        value = getattr(value, name)
    return value


def _cell(value: Any) -> Cell:
    match value:
        case tuple() | list():
            # Of several the texts, so that what stands at the same place of two columns belongs together.
            return _cell(value[0]) if len(value) == 1 else "; ".join(map(_text, value)) or None
        case Enum():
            return _cell(value.value)
        case UUID():
            return str(value)
        case None | str() | bool() | int() | Decimal() | date():
            return value
        case float():
            return Decimal(str(value))
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)


def _text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(_text, value))
    cell = _cell(value)
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
