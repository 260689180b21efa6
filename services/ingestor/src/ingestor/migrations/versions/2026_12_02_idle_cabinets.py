"""What idle cabinets write: runs that find nothing share a row of the log, and a claim moves no index."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_02_idle_cabinets"
down_revision = "2026_12_02_completeness"
branch_labels = None
depends_on = None

_VIEW = """
    CREATE OR REPLACE VIEW ingestor_admin.sync_logs AS
    SELECT cabinet_id, id, resource, trigger, outcome, started_at, duration_seconds, waited_seconds, pages,
        requests, rows_new, rows_changed, rows_same, rows_quarantined, rows_gone, error, traceparent{}
    FROM sync_logs
"""


def upgrade() -> None:
    op.add_column("sync_logs", sa.Column("runs", sa.Integer(), server_default="1", nullable=False))
    op.add_column("sync_logs", sa.Column("last_started_at", sa.DateTime(timezone=True)))
    op.execute(_VIEW.format(", runs, last_started_at"))
    op.execute("ALTER TABLE sync_logs SET (fillfactor = 80)")
    # A row is updated three times in each run; none but the last update changes what is indexed.
    op.execute("ALTER TABLE sync_state SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05)")
    op.drop_index("sync_state_lease", "sync_state")
    op.drop_index("sync_state_due", "sync_state")
    op.create_index("sync_state_due", "sync_state", ["first_load_done", "next_run_at"])
    op.create_index("sync_state_asked", "sync_state", ["next_run_at"], postgresql_where=sa.text("requests <> '[]'"))


def downgrade() -> None:
    op.drop_index("sync_state_asked", "sync_state")
    op.drop_index("sync_state_due", "sync_state")
    op.create_index("sync_state_due", "sync_state", ["next_run_at"])
    op.create_index("sync_state_lease", "sync_state", ["lease_token"])
    op.execute("ALTER TABLE sync_state RESET (fillfactor, autovacuum_vacuum_scale_factor)")
    op.execute("ALTER TABLE sync_logs RESET (fillfactor)")
    op.execute("DROP VIEW ingestor_admin.sync_logs")
    op.execute(_VIEW.format(""))
    op.drop_column("sync_logs", "last_started_at")
    op.drop_column("sync_logs", "runs")
