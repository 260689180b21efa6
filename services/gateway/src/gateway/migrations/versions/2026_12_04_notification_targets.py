"""Where users want to be told beside their private chats."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import publish_log, withdraw_log
from sqlalchemy.dialects import postgresql

revision = "2026_12_04_notification_targets"
down_revision = "2026_12_04_notification_settings"
branch_labels = None
depends_on = None

SEALED_BEFORE = ["cabinet.connected.v1", "webhooks.entered.v1"]


def upgrade() -> None:
    op.create_table(
        "notification_targets",
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("hint", sa.Text(), nullable=False, comment="what may be shown of its address"),
        sa.Column("cabinets", postgresql.ARRAY(sa.Uuid()), comment="null: every cabinet of the user"),
        sa.Column("chat_id", sa.BigInteger()),
        sa.Column("topic_id", sa.BigInteger()),
        sa.Column("sealed_address", sa.Text()),
        sa.Column(
            "fingerprint", sa.LargeBinary(), comment="SHA-256 of an address that nobody guesses; null: an e-mail"
        ),
        sa.Column("unsubscribe_hash", sa.LargeBinary(), comment="SHA-256 of what ends it without signing in"),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary()),
        sa.Column("code_expires_at", sa.DateTime(timezone=True)),
        sa.Column("code_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("codes_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("code_sent_at", sa.DateTime(timezone=True)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("target_id"),
    )
    op.create_index("notification_targets_telegram_id", "notification_targets", ["telegram_id"])
    op.create_index("notification_targets_removed_at", "notification_targets", ["removed_at"])
    op.create_index("notification_targets_unsubscribe_hash", "notification_targets", ["unsubscribe_hash"], unique=True)
    # Those hold secrets, though sealed ones.
    withdraw_log(op, "gateway")
    publish_log(op, "gateway", without=[*SEALED_BEFORE, "notification_target.entered.v1"])


def downgrade() -> None:
    withdraw_log(op, "gateway")
    publish_log(op, "gateway", without=SEALED_BEFORE)
    op.drop_table("notification_targets")
