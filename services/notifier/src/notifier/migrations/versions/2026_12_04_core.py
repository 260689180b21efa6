"""Messages that live on and are edited; what is asked of settings when a delivery goes; deliveries told together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_04_core"
down_revision = "2026_12_01_members"
branch_labels = None
depends_on = None

CALLERS = "ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))"
OPEN = "status IN ('pending', 'sending')"


def upgrade() -> None:
    for column in (
        sa.Column("telegram_id", sa.BigInteger(), comment="the user whose settings count; null: nobody's"),
        sa.Column("thread", sa.Text(), comment="messages of one thread edit one another"),
        sa.Column("only_edits", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_critical", sa.Boolean(), server_default="false", nullable=False, comment="goes first"),
        sa.Column("also", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("nm_id", sa.BigInteger()),
        sa.Column("amount", sa.Numeric()),
        sa.Column("currency", sa.Text()),
        sa.Column("told_as", sa.Text(), comment="the kind that it was told as; null: not told yet"),
        sa.Column("told_in", sa.Uuid(), comment="the delivery whose message told it as well"),
        sa.Column("reason", sa.Text(), comment="why it was sent, put off, left out or told together with others"),
    ):
        op.add_column("deliveries", column)
    op.drop_constraint("deliveries_channel_check", "deliveries")
    op.create_check_constraint(
        "deliveries_channel_check", "deliveries", "channel IN ('telegram', 'webhook', 'email', 'webpush', 'firebase')"
    )
    op.drop_constraint("deliveries_status_check", "deliveries")
    op.create_check_constraint(
        "deliveries_status_check",
        "deliveries",
        "status IN ('pending', 'sending', 'delivered', 'failed', 'held', 'dropped')",
    )
    op.create_index(
        "deliveries_of_thread",
        "deliveries",
        ["cabinet_id", "channel", "recipient", "thread"],
        postgresql_where=sa.text(f"thread IS NOT NULL AND {OPEN}"),
    )
    op.create_index(
        "deliveries_of_person",
        "deliveries",
        ["cabinet_id", "telegram_id", "created_at", "id"],
        postgresql_where=sa.text("channel <> 'webhook'"),
    )
    op.drop_index("deliveries_due", "deliveries")
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["channel", "recipient", sa.text("is_critical DESC"), "next_attempt_at"],
        postgresql_where=sa.text(OPEN),
    )
    op.create_table(
        "messages",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("has_photo", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "newest_at", sa.DateTime(timezone=True), nullable=False, comment="when the newest told in it was added"
        ),
        sa.PrimaryKeyConstraint("cabinet_id", "thread", "channel", "recipient"),
    )
    op.create_index("messages_sent_at", "messages", ["sent_at"])
    op.create_table(
        "notification_settings",
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("telegram_id"),
    )
    op.add_column("receivers", sa.Column("grouped_at", sa.DateTime(timezone=True), comment="the last one of many"))
    op.execute(f"""
        CREATE VIEW notifier_published.told AS
        SELECT cabinet_id, id AS delivery_id, telegram_id, channel, kind, told_as, told_in, status, reason, attempts,
            last_error, nm_id, order_id, payload, event_id, correlation_id, reported_at, created_at, next_attempt_at,
            finished_at
        FROM deliveries
        WHERE channel <> 'webhook' AND cabinet_id = {CALLERS}
    """)


def downgrade() -> None:
    op.execute("DROP VIEW notifier_published.told")
    op.drop_column("receivers", "grouped_at")
    op.drop_table("notification_settings")
    op.drop_table("messages")
    op.drop_index("deliveries_due", "deliveries")
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["channel", "recipient", "next_attempt_at"],
        postgresql_where=sa.text(OPEN),
    )
    op.drop_index("deliveries_of_person", "deliveries")
    op.drop_index("deliveries_of_thread", "deliveries")
    op.execute("DELETE FROM deliveries WHERE channel NOT IN ('telegram', 'webhook') OR status = 'dropped'")
    op.drop_constraint("deliveries_status_check", "deliveries")
    op.create_check_constraint(
        "deliveries_status_check", "deliveries", "status IN ('pending', 'sending', 'delivered', 'failed', 'held')"
    )
    op.drop_constraint("deliveries_channel_check", "deliveries")
    op.create_check_constraint("deliveries_channel_check", "deliveries", "channel IN ('telegram', 'webhook')")
    for name in (
        "reason",
        "told_in",
        "told_as",
        "currency",
        "amount",
        "nm_id",
        "also",
        "is_critical",
        "only_edits",
        "thread",
        "telegram_id",
    ):
        op.drop_column("deliveries", name)
