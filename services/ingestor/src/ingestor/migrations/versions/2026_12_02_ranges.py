"""Stretches of time are read apart from the news."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_02_ranges"
down_revision = "2026_12_02_wb_commands"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("state IN ('waiting', 'reading')")


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade() -> None:
    op.create_table(
        "sync_ranges",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        _moment("since", nullable=False),
        _moment("until", nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("asked_by", postgresql.JSONB()),
        _moment("asked_at", server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("cursor", postgresql.JSONB()),
        sa.Column("progress", postgresql.JSONB()),
        _moment("next_run_at", server_default=sa.text("now()"), nullable=False),
        _moment("read_at"),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        _moment("failing_since"),
        sa.Column("error", sa.Text()),
        _moment("started_at"),
        _moment("ended_at"),
        sa.Column("lease_token", sa.Uuid()),
        _moment("lease_until"),
        sa.Column("lease_holder", sa.BigInteger()),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_index("sync_ranges_due", "sync_ranges", ["next_run_at"], postgresql_where=_ACTIVE)
    op.create_index(
        "sync_ranges_in_line", "sync_ranges", ["cabinet_id", "resource", "asked_at"], postgresql_where=_ACTIVE
    )
    op.create_index(
        "sync_ranges_asked_once",
        "sync_ranges",
        ["cabinet_id", "resource", "since", "until", "why"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "sync_ranges_lease", "sync_ranges", ["lease_token"], postgresql_where=sa.text("lease_token IS NOT NULL")
    )
    op.create_index("sync_ranges_ended", "sync_ranges", ["ended_at"])


def downgrade() -> None:
    op.drop_table("sync_ranges")
