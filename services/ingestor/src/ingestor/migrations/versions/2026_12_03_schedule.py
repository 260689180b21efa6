"""Who comes first of what is due, and when something happened at a cabinet last."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_03_schedule"
down_revision = "2026_12_03_hints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sync_state", sa.Column("comes_first", sa.Boolean(), server_default="false", nullable=False))
    op.execute("""
        UPDATE sync_state SET comes_first = true
        WHERE resource IN ('orders', 'order_feed', 'fbs_new_orders', 'feedbacks', 'questions')
    """)
    op.drop_index("sync_state_due", "sync_state")
    op.create_index("sync_state_due", "sync_state", ["first_load_done", "comes_first", "next_run_at"])
    op.add_column("cabinets", sa.Column("active_at", sa.DateTime(timezone=True), server_default=sa.text("now()")))
    op.execute("UPDATE cabinets SET active_at = NULL WHERE status = 'disconnected'")
    verified = sa.text("status = 'verified'")
    op.create_index("cabinets_active", "cabinets", ["active_at"], postgresql_where=verified)


def downgrade() -> None:
    op.drop_column("cabinets", "active_at")
    op.drop_index("sync_state_due", "sync_state")
    op.create_index("sync_state_due", "sync_state", ["first_load_done", "next_run_at"])
    op.drop_column("sync_state", "comes_first")
