"""A watch on WB: how its methods fare, what its rows look like; which failures were told."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_03_wb_watch"
down_revision = "2026_12_03_schedule"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wb_methods",
        sa.Column("method", sa.Text(), primary_key=True),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sellers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.Column("switch_off", sa.Date()),
        sa.Column("switch_off_told_days", sa.Integer()),
    )
    op.create_table(
        "wb_shapes",
        sa.Column("method", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("drifted", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("sync_state", sa.Column("failing_told", sa.Boolean(), server_default="false", nullable=False))
    # Until now all that failed three times in a row, or more often, was told; it is told when it is over.
    op.execute("UPDATE sync_state SET failing_told = true WHERE failures >= 3")


def downgrade() -> None:
    op.drop_column("sync_state", "failing_told")
    op.drop_table("wb_shapes")
    op.drop_table("wb_methods")
