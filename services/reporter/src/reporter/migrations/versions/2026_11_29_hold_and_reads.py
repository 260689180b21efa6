"""One history again: two migrations came after the first at the same time."""

revision = "2026_11_29_hold_and_reads"
down_revision = ("2026_11_29_hold_cabinet", "2026_11_29_reads")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
