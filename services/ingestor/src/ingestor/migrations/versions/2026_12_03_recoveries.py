"""Data that come again after a delay are told together."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_03_recoveries"
down_revision = "2026_12_03_wb_watch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("data_delays", sa.Column("recovered_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("data_delays", "recovered_at")
