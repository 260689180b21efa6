"""Hints: events of Wildberries' webhooks, and what is to be read because of them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_03_hints"
down_revision = "2026_12_02_forecast"
branch_labels = None
depends_on = None


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.create_table(
        "wb_hints",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        _now("received_at"),
        sa.PrimaryKeyConstraint("cabinet_id", "key"),
    )
    op.create_index("wb_hints_received_at", "wb_hints", ["received_at"])
    op.create_table(
        "hinted_reads",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        _now("hinted_at"),
        sa.PrimaryKeyConstraint("cabinet_id", "resource"),
    )
    op.create_index("hinted_reads_hinted_at", "hinted_reads", ["hinted_at"])


def downgrade() -> None:
    op.drop_table("hinted_reads")
    op.drop_table("wb_hints")
