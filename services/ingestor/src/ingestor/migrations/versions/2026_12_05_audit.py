"""Records for the audit are shown to no other service: they tell of people, and are the audit's alone."""

from alembic import op
from servicekit.outbox.schema import publish_log, withdraw_log

revision = "2026_12_05_audit"
down_revision = "2026_12_03_recoveries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    withdraw_log(op, "ingestor")
    publish_log(op, "ingestor", without=["ingestor_audit.recorded.v1"])


def downgrade() -> None:
    withdraw_log(op, "ingestor")
    publish_log(op, "ingestor")
