"""Tombstones of disconnected cabinets: a service never takes such a cabinet in again, and `purge` deletes its rows."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

NAME = "disconnected_cabinets"

_LEAVE = text(f"""
INSERT INTO {NAME} (cabinet_id, disconnected_at) VALUES (:cabinet_id, :at) ON CONFLICT DO NOTHING
""")


async def leave(connection: AsyncConnection, cabinet_id: UUID, at: datetime) -> None:
    """Note in the caller's transaction that a cabinet is gone: one row, however many are to be deleted."""
    await connection.execute(_LEAVE, {"cabinet_id": cabinet_id, "at": at})


def tombstones(metadata: sa.MetaData) -> sa.Table:
    """The table, as every service has it."""
    return sa.Table(NAME, metadata, *_columns(), _unpurged())


def _columns() -> tuple[sa.Column[UUID], sa.Column[datetime], sa.Column[datetime]]:
    moment = sa.DateTime(timezone=True)
    return (
        sa.Column("cabinet_id", sa.Uuid, primary_key=True),
        sa.Column("disconnected_at", moment, nullable=False, comment="time of the event"),
        sa.Column("purged_at", moment, comment="none: some of its rows are still to be deleted"),
    )


def _unpurged() -> sa.Index:
    return sa.Index(f"{NAME}_unpurged", "disconnected_at", postgresql_where=sa.text("purged_at IS NULL"))
