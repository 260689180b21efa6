"""Commands: what is to be written at Wildberries."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_12_02_wb_commands"
down_revision = "2026_12_02_sources_of_orders"
branch_labels = None
depends_on = None


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **options)


def upgrade() -> None:
    counts = ("revision", "attempts", "readings", "absences", "failures", "refusals")
    op.create_table(
        "wb_commands",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("holds_back", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="requested", nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("reason", sa.Text()),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in counts),
        _moment("refused_since"),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        _moment("asked_at", nullable=False),
        sa.Column("cause", postgresql.JSONB(), nullable=False),
        _moment("due_at", server_default=sa.text("now()")),
        _moment("sending_at"),
        _moment("ended_at"),
        sa.Column("lease_token", sa.Uuid()),
        _moment("lease_until"),
        sa.Column("lease_holder", sa.BigInteger()),
        sa.PrimaryKeyConstraint("cabinet_id", "command_id"),
    )
    op.create_index("wb_commands_due", "wb_commands", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))
    op.create_index("wb_commands_ended_at", "wb_commands", ["ended_at"])


def downgrade() -> None:
    op.drop_table("wb_commands")
