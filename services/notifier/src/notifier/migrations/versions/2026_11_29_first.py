"""Members, deliveries with their attempts, receivers, webhooks and open troubles."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox
from sqlalchemy.dialects import postgresql

revision = "2026_11_29_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    op.create_table(
        "cabinets",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("seller_name", sa.Text()),
        sa.Column("connected_at", sa.DateTime(timezone=True)),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        sa.Column("disconnected_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("cabinet_id"),
    )
    op.create_table(
        "deliveries",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="of which nobody is told twice"),
        sa.Column("order_id", sa.Uuid()),
        sa.Column("order_revision", sa.Integer()),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("correlation_id", sa.Uuid(), nullable=False),
        sa.Column("traceparent", sa.Text()),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("lease_token", sa.Uuid()),
        sa.Column("message_id", sa.Text()),
        sa.Column("last_error", sa.Text()),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("channel IN ('telegram', 'webhook')", name="deliveries_channel_check"),
        sa.CheckConstraint("status IN ('pending', 'sending', 'delivered', 'failed')", name="deliveries_status_check"),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
        sa.UniqueConstraint("cabinet_id", "subject", "channel", "recipient", name="deliveries_one_message_per_subject"),
    )
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["channel", "recipient", "next_attempt_at"],
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.create_index("deliveries_finished_at", "deliveries", ["finished_at"])
    op.create_index(
        "deliveries_open",
        "deliveries",
        ["channel", "created_at"],
        postgresql_where=sa.text("status IN ('pending', 'sending')"),
    )
    op.create_index("deliveries_pending", "deliveries", ["created_at"], postgresql_where=sa.text("status = 'pending'"))
    op.create_table(
        "disconnected_cabinets",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("disconnected_at", sa.DateTime(timezone=True), nullable=False, comment="time of the event"),
        sa.Column("purged_at", sa.DateTime(timezone=True), comment="none: some of its rows are still to be deleted"),
        sa.PrimaryKeyConstraint("cabinet_id"),
    )
    op.create_index(
        "disconnected_cabinets_unpurged",
        "disconnected_cabinets",
        ["disconnected_at"],
        postgresql_where=sa.text("purged_at IS NULL"),
    )
    op.create_table(
        "members",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "telegram_id"),
    )
    op.create_table(
        "pauses",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.create_table(
        "photos",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "url"),
    )
    op.create_index("photos_uploaded_at", "photos", ["uploaded_at"])
    op.create_table(
        "receivers",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
        sa.Column("refusing_since", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("channel", "recipient"),
    )
    op.create_index("receivers_due", "receivers", ["channel", "due_at"])
    op.create_table(
        "troubles",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), nullable=False, comment="time of the newest event about it"
        ),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "kind", "subject"),
    )
    op.create_table(
        "webhooks",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("sealed_previous_secret", sa.Text()),
        sa.Column("previous_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.Column("told_failing_since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "started_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("duration_ms", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["cabinet_id", "delivery_id"], ["deliveries.cabinet_id", "deliveries.id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cabinet_id", "delivery_id", "attempt"),
    )
    op.execute("""
        CREATE FUNCTION notify_deliveries() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_notify(TG_TABLE_SCHEMA || '.deliveries', ''); RETURN NULL; END $$
    """)
    op.execute(
        "CREATE TRIGGER notify AFTER INSERT ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION notify_deliveries()"
    )
    # A receiver is due no later than the first of its open deliveries, unless it is paused. The row is locked even
    # where it is early enough: whoever makes it later at this moment has not seen these deliveries.
    op.execute("""
        CREATE FUNCTION receivers_are_due() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO receivers AS r (channel, recipient, due_at)
            SELECT channel, recipient, min(next_attempt_at) FROM changed WHERE status = 'pending'
            GROUP BY channel, recipient ORDER BY channel, recipient
            ON CONFLICT (channel, recipient) DO UPDATE SET due_at = GREATEST(excluded.due_at, r.paused_until)
            WHERE r.due_at > GREATEST(excluded.due_at, r.paused_until);
            RETURN NULL;
        END $$
    """)
    for name, event in (("due_when_added", "INSERT"), ("due_when_changed", "UPDATE")):
        op.execute(f"""
            CREATE TRIGGER {name} AFTER {event} ON deliveries REFERENCING NEW TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION receivers_are_due()
        """)


def downgrade() -> None:
    for table in (
        "delivery_attempts",
        "webhooks",
        "troubles",
        "receivers",
        "photos",
        "pauses",
        "members",
        "disconnected_cabinets",
        "deliveries",
        "cabinets",
    ):
        op.drop_table(table)
    op.execute("DROP FUNCTION receivers_are_due()")
    op.execute("DROP FUNCTION notify_deliveries()")
    drop_outbox_and_inbox(op)
