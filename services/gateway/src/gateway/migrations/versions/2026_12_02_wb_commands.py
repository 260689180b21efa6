"""Commands: what users have written at Wildberries."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_02_wb_commands"
down_revision = "2026_12_01_invitations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wb_commands",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, comment="review, question"),
        sa.Column("subject", sa.Text(), nullable=False, comment="WB's id of it"),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="requested", nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("cabinet_id", "command_id"),
    )
    open_ones = sa.text("ended_at IS NULL")
    columns = ["cabinet_id", "about", "subject"]
    op.create_index("wb_commands_under_way", "wb_commands", columns, unique=True, postgresql_where=open_ones)
    op.create_index("wb_commands_of_subject", "wb_commands", [*columns, "asked_at"])
    op.create_index("wb_commands_newest", "wb_commands", ["cabinet_id", "asked_at", "command_id"])
    op.create_index("wb_commands_ended_at", "wb_commands", ["ended_at"])


def downgrade() -> None:
    op.drop_table("wb_commands")
