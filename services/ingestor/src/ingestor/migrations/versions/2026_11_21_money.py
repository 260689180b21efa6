"""Finance report rows and adverts."""

revision = "2026_11_21_money"
down_revision = "2026_11_21_voices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
