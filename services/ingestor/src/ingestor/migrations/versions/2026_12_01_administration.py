"""Administrators see logs of syncs and quarantine, each list read from an index."""

from alembic import op

revision = "2026_12_01_administration"
down_revision = "2026_11_30_odd_pages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("sync_logs_of_cabinet", "sync_logs", ["cabinet_id", "started_at"])
    op.create_index("sync_logs_outcome", "sync_logs", ["outcome", "started_at"])
    op.create_index("quarantine_of_cabinet", "quarantine", ["cabinet_id", "last_seen_at"])
    op.drop_index("quarantine_resource", "quarantine")
    op.create_index("quarantine_resource", "quarantine", ["resource", "last_seen_at"])
    op.execute("""
        CREATE VIEW ingestor_admin.sync_logs AS
        SELECT cabinet_id, id, resource, trigger, outcome, started_at, duration_seconds, waited_seconds, pages,
            requests, rows_new, rows_changed, rows_same, rows_quarantined, rows_gone, error, traceparent
        FROM sync_logs
    """)
    # Not the rows themselves, in which there may be personal data.
    op.execute("""
        CREATE VIEW ingestor_admin.quarantine AS
        SELECT cabinet_id, resource, body_hash, octet_length(body) AS body_bytes, reason, first_seen_at, last_seen_at,
            times
        FROM quarantine
    """)


def downgrade() -> None:
    op.execute("DROP VIEW ingestor_admin.quarantine, ingestor_admin.sync_logs")
    op.drop_index("quarantine_resource", "quarantine")
    op.create_index("quarantine_resource", "quarantine", ["resource"])
    op.drop_index("quarantine_of_cabinet", "quarantine")
    op.drop_index("sync_logs_outcome", "sync_logs")
    op.drop_index("sync_logs_of_cabinet", "sync_logs")
