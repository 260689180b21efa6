"""A cabinet's name and its members are each as the newest event about them says."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_members"
down_revision = "2026_12_01_subscriptions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("named_at", "members_at"):
        op.add_column("cabinets", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute("UPDATE cabinets SET named_at = connected_at, members_at = connected_at")


def downgrade() -> None:
    for name in ("named_at", "members_at"):
        op.drop_column("cabinets", name)
