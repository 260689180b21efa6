"""The table of a resource: a cabinet's rows as WB last gave them."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Table, Uuid, text

from ingestor.tables import metadata

KEPT = ("revision", "content_hash", "gone", "first_seen_at", "changed_at")
"""Columns that are ours, not WB's."""


def data_table(name: str, *columns: Column[Any] | Index) -> Table:
    """A table keyed by the cabinet and by those of `columns` that are primary keys."""
    return Table(
        name,
        metadata,
        Column("cabinet_id", Uuid, primary_key=True),
        *columns,
        Column("revision", Integer, nullable=False, server_default="1"),
        Column("content_hash", BigInteger, nullable=False),
        Column("gone", Boolean, nullable=False, server_default="false"),
        Column("first_seen_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("changed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )


def data_columns(table: Table) -> tuple[Column[Any], ...]:
    """The columns that come from WB, in the order in which a parsed row holds their values."""
    return tuple(c for c in table.columns if c.name != "cabinet_id" and c.name not in KEPT)


def key_columns(table: Table) -> tuple[str, ...]:
    """The key within a cabinet."""
    return tuple(c.name for c in table.primary_key if c.name != "cabinet_id")
