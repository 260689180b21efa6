"""Administrators see deliveries, each list read from an index."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_administration"
down_revision = "2026_11_29_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("deliveries_created_at", "deliveries", ["created_at"])
    op.create_index("deliveries_of_cabinet", "deliveries", ["cabinet_id", "created_at"])
    op.create_index("deliveries_failed", "deliveries", ["created_at"], postgresql_where=sa.text("status = 'failed'"))
    # Not what they say: there are buyers' words in it.
    op.execute("""
        CREATE VIEW notifier_admin.deliveries AS
        SELECT cabinet_id, id, channel, recipient, kind, subject, order_id, event_id, correlation_id, status, attempts,
            failures, last_error, message_id, created_at, next_attempt_at, finished_at
        FROM deliveries
    """)


def downgrade() -> None:
    op.execute("DROP VIEW notifier_admin.deliveries")
    op.drop_index("deliveries_failed", "deliveries")
    op.drop_index("deliveries_of_cabinet", "deliveries")
    op.drop_index("deliveries_created_at", "deliveries")
