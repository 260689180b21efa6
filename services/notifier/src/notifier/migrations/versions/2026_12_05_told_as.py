"""A message knows what it was told as, so that what completes it leaves its head."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_05_told_as"
down_revision = "2026_12_04_targets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "what it was told as, whatever only completed it since"
    op.add_column("messages", sa.Column("kind", sa.Text(), comment=comment))


def downgrade() -> None:
    op.drop_column("messages", "kind")
