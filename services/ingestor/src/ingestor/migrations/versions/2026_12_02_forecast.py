"""How often each resource is read and what it waits for, published."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_02_forecast"
down_revision = "2026_12_02_disagreements"
branch_labels = None
depends_on = None

_VIEW = """
    CREATE {} VIEW ingestor_published.sync_state AS
    SELECT s.cabinet_id, s.resource,
        CASE WHEN c.status = 'suspended' OR s.suspended_reason <> 'switched_off' THEN 'suspended'
            WHEN s.lease_until > now() THEN 'running'
            WHEN s.failures > 0 OR s.refusals > 0 THEN 'failing'
            ELSE 'waiting' END AS status,
        s.last_success_at,
        CASE WHEN c.status = 'verified' THEN nullif(s.next_run_at, 'infinity') END AS next_run_at,
        s.failures, coalesce(s.last_error, c.detail) AS last_error, s.first_load_done, s.rows,
        CAST(s.requests -> 0 ->> 'sync_id' AS uuid) AS requested_sync_id{}
    FROM sync_state s JOIN cabinets c USING (cabinet_id)
    WHERE s.cabinet_id = ANY (
        CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
"""
_FORECAST = """,
        s.every_seconds, s.every_because,
        CASE WHEN c.status <> 'verified' THEN 'token'
            WHEN s.suspended_reason <> 'switched_off' THEN 'token'
            WHEN s.lease_until > now() THEN NULL
            WHEN s.next_run_at = 'infinity' THEN 'other_source'
            WHEN s.next_run_at <= now() THEN 'turn'
            WHEN s.waits_for IS NOT NULL THEN s.waits_for
            WHEN s.failures > 0 OR s.refusals > 0 THEN 'wildberries'
            ELSE 'schedule' END AS waits_for
"""


def upgrade() -> None:
    op.add_column("sync_state", sa.Column("every_seconds", sa.Double()))
    op.add_column("sync_state", sa.Column("every_because", sa.Text()))
    op.add_column("sync_state", sa.Column("waits_for", sa.Text()))
    op.execute(_VIEW.format("OR REPLACE", _FORECAST))


def downgrade() -> None:
    op.execute("DROP VIEW ingestor_published.sync_state")
    op.execute(_VIEW.format("", ""))
    op.drop_column("sync_state", "waits_for")
    op.drop_column("sync_state", "every_because")
    op.drop_column("sync_state", "every_seconds")
