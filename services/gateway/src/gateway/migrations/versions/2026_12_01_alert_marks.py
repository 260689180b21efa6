"""What is done about alerts."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_alert_marks"
down_revision = "2026_11_29_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_marks",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text()),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("marked_by", sa.BigInteger(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('acknowledged', 'snoozed', 'resolved')", name="alert_marks_state"),
        sa.CheckConstraint("(until IS NOT NULL) = (state IS NOT DISTINCT FROM 'snoozed')", name="alert_marks_until"),
        sa.PrimaryKeyConstraint("cabinet_id", "alert_id"),
    )


def downgrade() -> None:
    op.drop_table("alert_marks")
