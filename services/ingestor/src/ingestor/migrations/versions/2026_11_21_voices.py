"""Feedbacks, questions, claims and the sales funnel."""

revision = "2026_11_21_voices"
down_revision = "2026_11_21_goods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
