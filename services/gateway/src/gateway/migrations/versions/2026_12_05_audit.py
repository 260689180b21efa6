"""Records for the audit are shown to no other service: they tell of people, and are the audit's alone."""

from alembic import op
from servicekit.outbox.schema import publish_log, withdraw_log

revision = "2026_12_05_audit"
down_revision = "2026_12_04_notification_targets"
branch_labels = None
depends_on = None

HIDDEN_BEFORE = ["cabinet.connected.v1", "webhooks.entered.v1", "notification_target.entered.v1"]


def upgrade() -> None:
    withdraw_log(op, "gateway")
    publish_log(op, "gateway", without=[*HIDDEN_BEFORE, "audit.recorded.v1"])


def downgrade() -> None:
    withdraw_log(op, "gateway")
    publish_log(op, "gateway", without=HIDDEN_BEFORE)
