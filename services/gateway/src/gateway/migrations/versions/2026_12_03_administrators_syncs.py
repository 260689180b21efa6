"""Syncs that administrators asked for say who it was."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_03_administrators_syncs"
down_revision = "2026_12_02_wb_commands"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_runs", sa.Column("administrator", sa.Text()))


def downgrade() -> None:
    op.drop_column("sync_runs", "administrator")
