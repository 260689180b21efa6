"""Keys of administrators, what they note about users, and an index for each of their lists."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_01_administration"
down_revision = "2026_12_01_alert_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allow("read", "write", "admin")
    op.create_index("api_keys_telegram_id", "api_keys", ["telegram_id", "key_id"])
    op.add_column("users", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_index("users_created_at", "users", ["created_at", "telegram_id"])
    op.create_index("wb_cabinets_status", "wb_cabinets", ["status", "cabinet_id"])


def downgrade() -> None:
    op.drop_index("wb_cabinets_status", "wb_cabinets")
    op.drop_index("users_created_at", "users")
    op.drop_column("users", "note")
    op.drop_index("api_keys_telegram_id", "api_keys")
    op.execute("DELETE FROM api_keys WHERE 'admin' = ANY (scopes)")
    _allow("read", "write")


def _allow(*scopes: str) -> None:
    listed = ", ".join(f"'{scope}'" for scope in scopes)
    op.drop_constraint("api_keys_scopes_check", "api_keys")
    op.create_check_constraint(
        "api_keys_scopes_check", "api_keys", f"scopes <@ ARRAY[{listed}] AND cardinality(scopes) > 0"
    )
