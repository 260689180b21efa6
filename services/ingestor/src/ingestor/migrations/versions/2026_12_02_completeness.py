"""What is known of each day of a resource, and when it is read again."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "2026_12_02_completeness"
down_revision = "2026_12_02_ranges"
branch_labels = None
depends_on = None

# Cabinets that the transaction may see.
_SHOWN = """
    cabinet_id = ANY (
        CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
"""


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade() -> None:
    op.create_table(
        "completeness",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Integer(), server_default="0", nullable=False),
        _moment("late_at"),
        sa.Column("hidden", sa.Integer(), server_default="0", nullable=False),
        sa.Column("known_elsewhere", sa.Integer(), server_default="0", nullable=False),
        _moment("asked_at", server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "resource", "day"),
    )
    op.create_index("completeness_asked_at", "completeness", ["asked_at"])
    op.create_table(
        "reconciliations",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        _moment("due_at", nullable=False),
        sa.Column("range_id", sa.Uuid()),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("nights", sa.Integer()),
        sa.Column("first", sa.Date()),
        sa.Column("last", sa.Date()),
        sa.Column("again", sa.Integer(), server_default="0", nullable=False),
        _moment("whole_at"),
        sa.Column("whole_since", sa.Date()),
        sa.Column("whole_until", sa.Date()),
        sa.Column("rows", sa.BigInteger()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("cabinet_id", "resource"),
    )
    op.create_index("reconciliations_due", "reconciliations", ["due_at"])
    op.create_index(
        "reconciliations_under_way",
        "reconciliations",
        ["cabinet_id"],
        postgresql_where=sa.text("range_id IS NOT NULL"),
    )
    op.create_table(
        "reconciled_days",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("range_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "range_id", "day"),
        prefixes=["UNLOGGED"],
    )
    op.execute(f"""
        CREATE VIEW ingestor_published.completeness_days AS
        SELECT cabinet_id, resource, day, rows, hash, late, late_at, hidden, known_elsewhere, asked_at
        FROM completeness WHERE {_SHOWN}
    """)
    # What WB refuses to be asked about is an id, or a day.
    op.execute(f"""
        CREATE VIEW ingestor_published.completeness AS
        SELECT cabinet_id, resource, s.first_load_done, s.last_success_at, r.whole_at, r.whole_since, r.whole_until,
            r.since AS reading_since, r.until AS reading_until, r.range_id IS NOT NULL AS is_reading, r.nights,
            r.cabinet_id IS NOT NULL AS is_compared,
            nullif(r.due_at, 'infinity') AS due_at, r.error,
            (SELECT count(*) FROM (
                SELECT FROM quarantine q WHERE q.cabinet_id = s.cabinet_id AND q.resource = s.resource LIMIT 10000
            ) AS counted) AS unreadable,
            ARRAY(SELECT CAST(subject AS date) FROM refused_subjects f
                WHERE f.cabinet_id = s.cabinet_id AND f.resource = s.resource
                    AND subject ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' ORDER BY 1 LIMIT 400) AS refused_days
        FROM sync_state s LEFT JOIN reconciliations r USING (cabinet_id, resource)
        WHERE s.{_SHOWN.strip()}
    """)


def downgrade() -> None:
    op.execute("DROP VIEW ingestor_published.completeness, ingestor_published.completeness_days")
    op.drop_table("reconciled_days")
    op.drop_table("reconciliations")
    op.drop_table("completeness")
