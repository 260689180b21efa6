"""Members come by invitations, and events about a cabinet have times in an order."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_invitations"
down_revision = "2026_12_01_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wb_cabinets", sa.Column("told_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE wb_cabinets SET told_at = connected_at")
    op.create_table(
        "invitations",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("used_by", sa.BigInteger()),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("cabinet_id", "invitation_id"),
        sa.UniqueConstraint("token_hash", name="invitations_token_hash"),
    )
    op.create_index("invitations_expires_at", "invitations", ["expires_at"])


def downgrade() -> None:
    op.drop_table("invitations")
    op.drop_column("wb_cabinets", "told_at")
