"""Webhooks are users' own and come from the gateway; what they miss is kept; preferences; what the gateway reads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_01_subscriptions"
down_revision = "2026_12_01_administration"
branch_labels = None
depends_on = None

CALLERS = "ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))"


def upgrade() -> None:
    # Nobody is known whose they were: those that a command had added are subscribed anew.
    op.drop_table("webhooks")
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False, comment="stands for the user in pulse.cabinet_ids"),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("cabinets", postgresql.ARRAY(sa.Uuid()), comment="null: all of which the user is a member"),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="as the user wants it"),
        sa.Column("resumes", sa.Integer(), nullable=False),
        sa.Column("secrets", postgresql.JSONB(), comment="sealed, the newest first, each with its end"),
        sa.Column("paused_at", sa.DateTime(timezone=True), comment="because its endpoint takes nothing"),
        sa.Column("paused_because", sa.Text()),
        sa.Column("told_failing_since", sa.DateTime(timezone=True)),
        sa.Column("told_paused_at", sa.DateTime(timezone=True)),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("webhooks_telegram_id", "webhooks", ["telegram_id"])
    op.create_index("webhooks_removed_at", "webhooks", ["removed_at"])
    op.create_table(
        "webhook_replays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "requested_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("resent", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("webhook_replays_requested_at", "webhook_replays", ["requested_at"])
    op.create_index(
        "webhook_replays_open", "webhook_replays", ["requested_at"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_table(
        "preferences",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("off", postgresql.ARRAY(sa.Text()), nullable=False, comment="kinds that are not wanted"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "telegram_id", "channel"),
    )
    op.create_index("members_telegram_id", "members", ["telegram_id"])
    op.drop_constraint("deliveries_status_check", "deliveries")
    op.create_check_constraint(
        "deliveries_status_check", "deliveries", "status IN ('pending', 'sending', 'delivered', 'failed', 'held')"
    )
    op.add_column(
        "deliveries", sa.Column("resent_at", sa.DateTime(timezone=True), comment="when somebody asked for it again")
    )
    of_webhook = ["cabinet_id", "recipient", "created_at", "id"]
    op.create_index("deliveries_of_webhook", "deliveries", of_webhook, postgresql_where=sa.text("channel = 'webhook'"))
    op.create_index(
        "deliveries_missed",
        "deliveries",
        of_webhook,
        postgresql_where=sa.text("channel = 'webhook' AND status IN ('failed', 'held')"),
    )
    op.execute(f"""
        CREATE VIEW notifier_published.webhook_deliveries AS
        SELECT d.cabinet_id, d.id AS delivery_id, d.recipient AS webhook_id, d.kind, d.order_id, d.status, d.attempts,
            d.created_at, d.finished_at,
            CASE WHEN d.status = 'pending' THEN greatest(d.next_attempt_at, r.paused_until) END AS next_attempt_at,
            a.started_at AS last_attempt_at, a.outcome AS last_outcome, a.error AS last_error, a.duration_ms
        FROM deliveries d
        LEFT JOIN delivery_attempts a
            ON a.cabinet_id = d.cabinet_id AND a.delivery_id = d.id AND a.attempt = d.attempts
        LEFT JOIN receivers r ON r.channel = d.channel AND r.recipient = d.recipient
        WHERE d.channel = 'webhook' AND d.cabinet_id = {CALLERS}
    """)
    op.execute(f"""
        CREATE VIEW notifier_published.webhook_states AS
        SELECT w.owner_id AS cabinet_id, w.id AS webhook_id, w.resumes, w.paused_at, w.paused_because,
            least(r.failing_since, r.refusing_since) AS failing_since, r.last_error
        FROM webhooks w
        LEFT JOIN receivers r ON r.channel = 'webhook' AND r.recipient = CAST(w.id AS text)
        WHERE w.removed_at IS NULL AND w.owner_id = {CALLERS}
    """)


def downgrade() -> None:
    op.execute("DROP VIEW notifier_published.webhook_states, notifier_published.webhook_deliveries")
    op.drop_index("deliveries_missed", "deliveries")
    op.drop_index("deliveries_of_webhook", "deliveries")
    op.drop_column("deliveries", "resent_at")
    op.execute("UPDATE deliveries SET status = 'failed' WHERE status = 'held'")
    op.drop_constraint("deliveries_status_check", "deliveries")
    op.create_check_constraint(
        "deliveries_status_check", "deliveries", "status IN ('pending', 'sending', 'delivered', 'failed')"
    )
    op.drop_index("members_telegram_id", "members")
    for table in ("preferences", "webhook_replays", "webhooks"):
        op.drop_table(table)
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
