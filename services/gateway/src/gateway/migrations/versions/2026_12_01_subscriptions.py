"""Webhook subscriptions of users, and what members want to be told."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import publish_log, withdraw_log
from sqlalchemy.dialects import postgresql

revision = "2026_12_01_subscriptions"
down_revision = "2026_12_01_administration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook_subscriptions",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("cabinets", postgresql.ARRAY(sa.Uuid()), comment="null: every cabinet of the user"),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False, comment="as the user wants it"),
        sa.Column("resumes", sa.Integer(), nullable=False),
        sa.Column("secrets", postgresql.JSONB(), nullable=False, comment="sealed, the newest first, each with its end"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["telegram_id"], ["users.telegram_id"]),
        sa.PrimaryKeyConstraint("webhook_id"),
    )
    op.create_index("webhook_subscriptions_telegram_id", "webhook_subscriptions", ["telegram_id"])
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
    # Those hold secrets, though sealed ones.
    withdraw_log(op, "gateway")
    publish_log(op, "gateway", without=["cabinet.connected.v1", "webhooks.entered.v1"])


def downgrade() -> None:
    withdraw_log(op, "gateway")
    publish_log(op, "gateway", without=["cabinet.connected.v1"])
    op.drop_table("notification_preferences")
    op.drop_table("webhook_subscriptions")
