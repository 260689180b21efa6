"""The order feed does not wait for statistics to fail: where the token opens both, both are read."""

from alembic import op

revision = "2026_12_02_sources_of_orders"
down_revision = "2026_12_01_administration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Each begins with 31 days; all at once they would hold up what is live.
    op.execute("""
        UPDATE sync_state s SET next_run_at = now() + random() * interval '1 hour'
        FROM cabinets c
        WHERE c.cabinet_id = s.cabinet_id AND c.status = 'verified' AND s.resource = 'order_feed'
            AND s.next_run_at = 'infinity' AND s.suspended_reason IS NULL
    """)


def downgrade() -> None:
    # Statistics sends the feed home with its next complete reading.
    pass
