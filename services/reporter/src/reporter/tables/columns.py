"""What columns are made of: their types, and the columns of a fact from the fields of its event's rows."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import sqlalchemy as sa
from contracts.changed import RowChange
from contracts.currency import ROUBLE
from pydantic import AwareDatetime
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

metadata = sa.MetaData()

Money = sa.Numeric(18, 4)
Sum = sa.Numeric(38, 4)
"""Of as many amounts as there may be."""
Pieces = sa.Numeric(38, 0)
"""A sum of counts as large as their columns take."""
Moment = sa.DateTime(timezone=True)

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_TYPES: dict[Any, TypeEngine[Any]] = {
    bool: sa.Boolean(),
    int: sa.BigInteger(),
    str: sa.Text(),
    Decimal: Money,
    date: sa.Date(),
    datetime: Moment,
    AwareDatetime: Moment,
    UUID: sa.Uuid(),
}


def cabinet_id() -> sa.Column[UUID]:
    """The first column of every key."""
    return sa.Column("cabinet_id", sa.Uuid, primary_key=True)


def currency(*, primary_key: bool = True) -> sa.Column[str]:
    """A part of the key of every figure: amounts of two currencies have no sum."""
    return sa.Column("currency", sa.Text, primary_key=primary_key, nullable=False, server_default=ROUBLE)


FOR_LISTS = "for_lists"
"""What an index is marked with that nothing but the gateway's lists is read from."""


def for_lists(name: str, *columns: "str | sa.TextClause", where: str | None = None) -> sa.Index:
    """An index of the cabinet's rows that the gateway lists them by."""
    condition = None if where is None else sa.text(where)
    return sa.Index(name, "cabinet_id", *columns, info={FOR_LISTS: True}, postgresql_where=condition)


def fact_columns(
    row: type[RowChange], key: Collection[str], *, without: Collection[str] = ()
) -> "list[sa.Column[Any]]":
    """The columns of a fact: its key, then the fields of its event's rows, by their names.

    How a row came to be (`change`, `previous`) is left to the log. Lists and records are JSON.
    """
    fields = row.model_fields
    names = [name for name in fields if name not in {*key, *without, "change", "previous"}]
    return [
        cabinet_id(),
        *(_column(name, fields[name].annotation, primary_key=True) for name in key),
        *(_column(name, fields[name].annotation) for name in names),
    ]


def _column(name: str, annotation: Any, *, primary_key: bool = False) -> sa.Column[Any]:
    is_nullable = type(None) in get_args(annotation)
    return sa.Column(name, _type_of(annotation), primary_key=primary_key, nullable=is_nullable)


def _type_of(annotation: Any) -> TypeEngine[Any]:
    while annotation not in _TYPES and get_origin(annotation) is not tuple and get_args(annotation):
        if get_origin(annotation) is Literal:
            return sa.Text()
        # Of `Annotated[X, …]` and `X | None` the first argument says it.
        annotation = get_args(annotation)[0]
    return _TYPES.get(annotation, JSONB())


def sql_type(annotation: Any) -> str:
    """The type of a field as PostgreSQL names it."""
    return _type_of(annotation).compile(dialect=_POSTGRESQL)
