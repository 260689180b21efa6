"""People sign in, and have sessions."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_sessions"
down_revision = "2026_12_01_roles"
branch_labels = None
depends_on = None

NAMES = ("first_name", "last_name", "username")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("users", sa.Column(name, sa.Text()))
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("family_hash", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary()),
        sa.Column("opened_with", sa.Text(), nullable=False),
        sa.Column("client", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("session_id"),
        sa.UniqueConstraint("family_hash", name="sessions_family_hash"),
    )
    op.create_index("sessions_of_user", "sessions", ["telegram_id", "refreshed_at"])
    op.create_index("sessions_refreshed_at", "sessions", ["refreshed_at"])


def downgrade() -> None:
    op.drop_table("sessions")
    for name in NAMES:
        op.drop_column("users", name)
