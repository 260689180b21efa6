"""A cabinet is held and looked at in one statement."""

from alembic import op
from reporter.cabinets import HOLD_CABINET

revision = "2026_11_29_hold_cabinet"
down_revision = "2026_11_29_first"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(HOLD_CABINET)


def downgrade() -> None:
    op.execute("DROP FUNCTION hold_cabinet(uuid)")
