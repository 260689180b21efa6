"""What a user wants to be told is one document; kinds that were switched off are rules of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_04_notification_settings"
down_revision = "2026_12_03_administrators_syncs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notification_settings",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="0: nothing was entered yet"),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id"),
    )
    # As the notifier does with its own rows, whose revision 0 is the same document. It holds 200 rules.
    op.execute("""
        INSERT INTO notification_settings (telegram_id, revision, document)
        SELECT telegram_id, 0, jsonb_build_object('rules', jsonb_agg(rule ORDER BY place))
        FROM (
            SELECT telegram_id, jsonb_build_object('cabinet_id', cabinet_id, 'kind', kind, 'is_on', false) AS rule,
                   row_number() OVER (PARTITION BY telegram_id ORDER BY cabinet_id, kind) AS place
            FROM (
                SELECT DISTINCT telegram_id, cabinet_id, unnest(off) AS kind FROM notification_preferences
            ) switched_off
        ) carried
        WHERE place <= 200 GROUP BY telegram_id
    """)
    op.drop_table("notification_preferences")


def downgrade() -> None:
    op.create_table(
        "notification_preferences",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("off", postgresql.ARRAY(sa.Text()), nullable=False, comment="kinds that are not wanted"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cabinet_id"], ["wb_cabinets.cabinet_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cabinet_id", "telegram_id", "channel"),
    )
    op.execute("""
        INSERT INTO notification_preferences (cabinet_id, telegram_id, channel, off, revision, entered_at)
        SELECT c.cabinet_id, telegram_id, 'telegram', array_agg(DISTINCT rule ->> 'kind'), 1, max(entered_at)
        FROM notification_settings, jsonb_array_elements(document -> 'rules') rule
        JOIN wb_cabinets c ON c.cabinet_id = CAST(rule ->> 'cabinet_id' AS uuid)
        WHERE rule ->> 'kind' IS NOT NULL
          AND rule ->> 'is_on' = 'false' AND coalesce(rule ->> 'channel', 'telegram') = 'telegram'
        GROUP BY 1, 2
    """)
    op.drop_table("notification_settings")
