"""Members of cabinets have roles."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_roles"
down_revision = "2026_12_01_kept_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cabinet_members", sa.Column("role", sa.Text(), server_default="viewer", nullable=False))
    op.add_column(
        "cabinet_members",
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.execute("""
        UPDATE cabinet_members m SET role = 'owner' FROM wb_cabinets c
        WHERE c.cabinet_id = m.cabinet_id AND c.owner_telegram_id = m.telegram_id
    """)
    op.create_check_constraint(
        "cabinet_members_role_check", "cabinet_members", "role IN ('owner', 'manager', 'analyst', 'viewer')"
    )
    op.create_index(
        "cabinet_members_owner",
        "cabinet_members",
        ["cabinet_id"],
        unique=True,
        postgresql_where=sa.text("role = 'owner'"),
    )


def downgrade() -> None:
    op.drop_index("cabinet_members_owner", "cabinet_members")
    op.drop_constraint("cabinet_members_role_check", "cabinet_members")
    op.drop_column("cabinet_members", "joined_at")
    op.drop_column("cabinet_members", "role")
