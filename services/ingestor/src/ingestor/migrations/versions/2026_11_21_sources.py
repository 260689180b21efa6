"""Orders of two sources, the history of orders, and what a token opens."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import leave_bodies_uncompressed
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_sources"
down_revision = "2026_11_21_first"
branch_labels = None
depends_on = None

FEED: tuple[sa.Column[Any], ...] = (
    sa.Column("status", sa.Text()),
    sa.Column("cancel_type", sa.Text()),
    sa.Column("status_at", sa.DateTime(timezone=True)),
    sa.Column("chrt_id", sa.BigInteger()),
    sa.Column("is_mp", sa.Boolean()),
    sa.Column("is_b2b", sa.Boolean()),
    sa.Column("seller_price", sa.Numeric(precision=18, scale=2)),
    sa.Column("destination_city", sa.Text()),
    sa.Column("destination_district", sa.Text()),
    sa.Column("feed_hash", sa.BigInteger()),
)


def upgrade() -> None:
    leave_bodies_uncompressed(op)
    op.add_column("cabinets", sa.Column("categories", postgresql.ARRAY(sa.Text())))
    # Made from cabinet and srid wherever it is told; and nothing reads orders by their time.
    op.drop_column("orders", "order_id")
    op.drop_index("orders_ordered_at", "orders")
    for column in FEED:
        op.add_column("orders", column)
    for name in ("last_change_at", "is_cancel"):
        op.alter_column("orders", name, nullable=True)
    for table in ("orders", "products", "stocks"):
        op.alter_column(table, "content_hash", nullable=True)
    op.create_table(
        "orders_history",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("srid", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "srid", "revision"),
    )


def downgrade() -> None:
    op.drop_table("orders_history")
    # Rows that only the order feed knows cannot be told without its columns.
    op.execute("DELETE FROM orders WHERE last_change_at IS NULL")
    for table in ("orders", "products", "stocks"):
        op.execute(f"UPDATE {table} SET content_hash = 0 WHERE content_hash IS NULL")
        op.alter_column(table, "content_hash", nullable=False)
    for name in ("last_change_at", "is_cancel"):
        op.alter_column("orders", name, nullable=False)
    for column in FEED:
        op.drop_column("orders", column.name)
    op.create_index("orders_ordered_at", "orders", ["cabinet_id", "ordered_at"])
    op.add_column("orders", sa.Column("order_id", sa.Uuid()))
    op.drop_column("cabinets", "categories")
