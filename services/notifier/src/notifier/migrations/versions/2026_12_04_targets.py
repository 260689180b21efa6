"""Where users want to be told beside their own chats, and which channels are sent over."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_04_targets"
down_revision = "2026_12_04_limits"
branch_labels = None
depends_on = None

CALLERS = "ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))"


def upgrade() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False, comment="stands for the user in pulse.cabinet_ids"),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False, comment="as deliveries name it"),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("cabinets", postgresql.ARRAY(sa.Uuid()), comment="null: all of which the user is a member"),
        sa.Column("sealed_address", sa.Text()),
        sa.Column("is_confirmed", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), comment="its channel said that it is no more"),
        sa.Column("ended_because", sa.Text()),
        sa.Column("told_ended_at", sa.DateTime(timezone=True)),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("targets_telegram_id", "targets", ["telegram_id"])
    op.create_index("targets_recipient", "targets", ["channel", "recipient"])
    op.create_index("targets_removed_at", "targets", ["removed_at"])
    op.create_index(
        "targets_to_tell_of",
        "targets",
        ["id"],
        postgresql_where=sa.text("ended_at IS NOT NULL AND told_ended_at IS NULL AND removed_at IS NULL"),
    )
    op.create_table(
        "channels",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column(
            "is_on", sa.Boolean(), nullable=False, comment="whether the notifier that started last sends over it"
        ),
        sa.Column("public_key", sa.Text()),
        sa.PrimaryKeyConstraint("channel"),
    )
    op.execute(f"""
        CREATE VIEW notifier_published.target_states AS
        SELECT t.owner_id AS cabinet_id, t.id AS target_id, t.revision, t.ended_at, t.ended_because,
            least(r.failing_since, r.refusing_since) AS failing_since, r.last_error
        FROM targets t LEFT JOIN receivers r ON (r.channel, r.recipient) = (t.channel, t.recipient)
        WHERE t.removed_at IS NULL AND t.owner_id = {CALLERS}
    """)
    # Nobody's own: what this installation can do.
    op.execute("CREATE VIEW notifier_published.channels AS SELECT channel, public_key FROM channels WHERE is_on")


def downgrade() -> None:
    op.execute("DROP VIEW notifier_published.channels, notifier_published.target_states")
    op.drop_table("channels")
    op.drop_table("targets")
