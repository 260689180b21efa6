"""FBS orders, warehouses, offices, and stocks of all kinds."""

revision = "2026_11_21_fulfilment"
down_revision = "2026_11_21_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
