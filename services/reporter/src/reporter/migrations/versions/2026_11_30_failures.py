"""What could not be counted, and when it is tried again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_failures"
down_revision = "2026_11_29_hold_and_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stale_failures",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="a part of a cabinet, reconciliation, or digests"),
        sa.Column("nm_id", sa.BigInteger(), nullable=False, comment="0: the whole cabinet; -1: all of the kind"),
        sa.Column("what", sa.Text(), nullable=False, comment="the section; kind and first day of a digest"),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row"),
        sa.Column("stale_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False, comment="last time"),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "kind", "nm_id", "what"),
    )
    op.create_index("stale_failures_due", "stale_failures", ["kind", "retry_at"])
    op.create_index("stale_failures_old", "stale_failures", ["failed_at"])


def downgrade() -> None:
    op.drop_table("stale_failures")
