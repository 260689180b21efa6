"""Kinds that were switched off are rules of their user's document."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_04_notification_settings"
down_revision = "2026_12_04_core"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A document holds 200 rules.
    op.execute("""
        INSERT INTO notification_settings (telegram_id, revision, document)
        SELECT telegram_id, 0, jsonb_build_object('rules', jsonb_agg(rule ORDER BY place))
        FROM (
            SELECT telegram_id, jsonb_build_object('cabinet_id', cabinet_id, 'kind', kind, 'is_on', false) AS rule,
                   row_number() OVER (PARTITION BY telegram_id ORDER BY cabinet_id, kind) AS place
            FROM (SELECT DISTINCT telegram_id, cabinet_id, unnest(off) AS kind FROM preferences) switched_off
        ) carried
        WHERE place <= 200 GROUP BY telegram_id
    """)
    op.drop_table("preferences")


def downgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("off", postgresql.ARRAY(sa.Text()), nullable=False, comment="kinds that are not wanted"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "telegram_id", "channel"),
    )
    op.execute("""
        INSERT INTO preferences (cabinet_id, telegram_id, channel, off, revision)
        SELECT CAST(rule ->> 'cabinet_id' AS uuid), telegram_id, 'telegram', array_agg(DISTINCT rule ->> 'kind'), 1
        FROM notification_settings, jsonb_array_elements(document -> 'rules') rule
        WHERE rule ->> 'cabinet_id' IS NOT NULL AND rule ->> 'kind' IS NOT NULL
          AND rule ->> 'is_on' = 'false' AND coalesce(rule ->> 'channel', 'telegram') = 'telegram'
        GROUP BY 1, 2
    """)
