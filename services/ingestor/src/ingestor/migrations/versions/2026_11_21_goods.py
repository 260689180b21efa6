"""Sales, prices and tariffs."""

revision = "2026_11_21_goods"
down_revision = "2026_11_21_fulfilment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
