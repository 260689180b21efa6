"""Receivers with critical deliveries come first; chats that say that they are gone are marked."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_04_limits"
down_revision = "2026_12_04_notification_settings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, comment in (
        ("critical_due_at", "when its first critical delivery is due; null: it has none"),
        ("gone_said_at", "when it first said that it is gone"),
        ("gone_at", "when it was believed, last: nothing is sent there"),
    ):
        op.add_column("receivers", sa.Column(name, sa.DateTime(timezone=True), comment=comment))
    op.create_index(
        "receivers_critical",
        "receivers",
        ["channel", "critical_due_at"],
        postgresql_where=sa.text("critical_due_at IS NOT NULL"),
    )
    op.execute("""
        UPDATE receivers r SET critical_due_at = open.due_at
        FROM (SELECT channel, recipient, min(next_attempt_at) AS due_at FROM deliveries
              WHERE is_critical AND status IN ('pending', 'sending') GROUP BY channel, recipient) open
        WHERE (r.channel, r.recipient) = (open.channel, open.recipient)
    """)
    op.execute("""
        CREATE OR REPLACE FUNCTION receivers_are_due() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO receivers AS r (channel, recipient, due_at, critical_due_at)
            SELECT channel, recipient, min(next_attempt_at), min(next_attempt_at) FILTER (WHERE is_critical)
            FROM changed WHERE status = 'pending'
            GROUP BY channel, recipient ORDER BY channel, recipient
            ON CONFLICT (channel, recipient) DO UPDATE
            SET due_at = least(r.due_at, GREATEST(excluded.due_at, r.paused_until)),
                critical_due_at = least(r.critical_due_at, excluded.critical_due_at)
            WHERE r.due_at > GREATEST(excluded.due_at, r.paused_until)
               OR excluded.critical_due_at < coalesce(r.critical_due_at, 'infinity');
            RETURN NULL;
        END $$
    """)


def downgrade() -> None:
    op.execute("""
        CREATE OR REPLACE FUNCTION receivers_are_due() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO receivers AS r (channel, recipient, due_at)
            SELECT channel, recipient, min(next_attempt_at) FROM changed WHERE status = 'pending'
            GROUP BY channel, recipient ORDER BY channel, recipient
            ON CONFLICT (channel, recipient) DO UPDATE SET due_at = GREATEST(excluded.due_at, r.paused_until)
            WHERE r.due_at > GREATEST(excluded.due_at, r.paused_until);
            RETURN NULL;
        END $$
    """)
    op.drop_index("receivers_critical", "receivers")
    for name in ("gone_at", "gone_said_at", "critical_due_at"):
        op.drop_column("receivers", name)
