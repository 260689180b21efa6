"""Administrators begin, watch and stop replays."""

from alembic import op
from servicekit.replay.administration import let_administer, withdraw_administration

revision = "2026_12_01_administration"
down_revision = "2026_12_01_reads_of_orders"
branch_labels = None
depends_on = None


def upgrade() -> None:
    let_administer(op, "reporter")


def downgrade() -> None:
    withdraw_administration(op, "reporter")
