"""The table of a resource: a cabinet's rows as WB last gave them; and the table of their changes."""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.tables import metadata

KEPT = ("revision", "content_hash", "gone", "first_seen_at", "changed_at")
"""Columns that are ours, not WB's; so is the hash of a second source (`_hash`)."""


class Declared(Protocol):
    """A column as a source of the table declares it."""

    @property
    def name(self) -> str: ...

    def column(self) -> Column[Any]: ...


def data_table(name: str, *parts: Sequence[Declared] | Column[Any] | Index) -> Table:
    """A table keyed by the cabinet and by those of its sources' columns that are keys.

    What several sources declare is one column.
    """
    columns: dict[str, Column[Any] | Index] = {}
    for part in parts:
        for each in (part,) if isinstance(part, Column | Index) else [declared.column() for declared in part]:
            columns.setdefault(str(each.name), each)
    return Table(
        name,
        metadata,
        Column("cabinet_id", Uuid, primary_key=True),
        *columns.values(),
        Column("revision", Integer, nullable=False, server_default="1"),
        Column("content_hash", BigInteger),
        Column("gone", Boolean, nullable=False, server_default="false"),
        Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("changed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )


def history_table(table: Table) -> Table:
    """A table of the changes of another's rows: what `revision` changed, and the earlier values (`previous`)."""
    return Table(
        f"{table.name}_history",
        metadata,
        Column("cabinet_id", Uuid, primary_key=True),
        *(Column(key, table.c[key].type, primary_key=True, autoincrement=False) for key in key_columns(table)),
        Column("revision", Integer, primary_key=True, autoincrement=False),
        Column("changed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("previous", JSONB, nullable=False),
        Index(f"{table.name}_history_changed_at", "changed_at"),
    )


def data_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns that come from WB, in their order."""
    return tuple(c for c in table.columns if c.name != "cabinet_id" and c.name not in KEPT and c.name[-5:] != "_hash")


def data_names(table: Table) -> tuple[str, ...]:
    """Their names, as plain strings: SQLAlchemy's own kind is slow to look up."""
    return tuple(str(column.name) for column in data_columns(table))


def key_columns(table: Table) -> tuple[str, ...]:
    """The key within a cabinet."""
    return tuple(str(c.name) for c in table.primary_key if c.name != "cabinet_id")
