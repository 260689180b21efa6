"""The table of a resource: a cabinet's rows as WB last gave them; and the table of their changes."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Table, Uuid, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.tables import metadata

KEPT = ("revision", "content_hash", "gone", "first_seen_at", "changed_at")
"""Columns that are ours, not WB's; so is the hash of a second source (`_hash`)."""


def data_table(name: str, *columns: Column[Any] | Index) -> Table:
    """A table keyed by the cabinet and by those of `columns` that are primary keys."""
    return Table(
        name,
        metadata,
        Column("cabinet_id", Uuid, primary_key=True),
        *columns,
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


def sql_types(table: Table) -> dict[str, str]:
    """The PostgreSQL type of every column."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return {str(column.name): column.type.compile(dialect) for column in table.columns}
