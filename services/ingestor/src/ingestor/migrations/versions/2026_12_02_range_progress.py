"""How far ranges are, for the gateway and for administrators."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_02_range_progress"
down_revision = "2026_12_02_idle_cabinets"
branch_labels = None
depends_on = None

_PERCENT = """
    CASE WHEN state = 'done' THEN 100 WHEN cursor IS NULL THEN 0 ELSE CAST(least(99, greatest(0, 100 - 100 * (
        SELECT coalesce(sum(extract(epoch FROM CAST(w ->> 1 AS timestamptz) - CAST(w ->> 0 AS timestamptz))), 0)
        FROM jsonb_array_elements(cursor -> 'windows') AS w) / extract(epoch FROM until - since))) AS integer)
    END
"""
_SHOWN = f"""
    SELECT cabinet_id, id, resource, why, state, since, until, asked_at, started_at, ended_at, read_at, error,
        coalesce(CAST(progress ->> 'rows_new' AS bigint), 0) AS rows_new,
        coalesce(CAST(progress ->> 'rows_changed' AS bigint), 0) AS rows_changed,
        coalesce(CAST(progress ->> 'rows_new' AS bigint) + CAST(progress ->> 'rows_changed' AS bigint)
            + CAST(progress ->> 'rows_same' AS bigint) + CAST(progress ->> 'rows_quarantined' AS bigint), 0) AS rows,
        CASE WHEN state = 'reading' AND percent > 0 THEN CAST(extract(epoch FROM
            (coalesce(read_at, now()) - started_at) * (100 - percent) / percent) AS bigint) END AS seconds_left,
        percent
    FROM (SELECT *, {_PERCENT} AS percent FROM sync_ranges) AS r
"""


def upgrade() -> None:
    op.add_column("sync_ranges", sa.Column("told_at", sa.DateTime(timezone=True)))
    op.create_index("sync_ranges_asked", "sync_ranges", ["asked_at", "id"])
    op.execute(f"""
        CREATE VIEW ingestor_published.sync_ranges AS {_SHOWN}
        WHERE cabinet_id = ANY (
            CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
    """)
    op.execute(f"CREATE VIEW ingestor_admin.sync_ranges AS {_SHOWN}")


def downgrade() -> None:
    op.execute("DROP VIEW ingestor_admin.sync_ranges, ingestor_published.sync_ranges")
    op.drop_index("sync_ranges_asked", "sync_ranges")
    op.drop_column("sync_ranges", "told_at")
