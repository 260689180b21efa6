"""FBS orders, warehouses, offices, and stocks of all kinds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_fulfilment"
down_revision = "2026_11_21_sources"
branch_labels = None
depends_on = None

OPEN = (
    "coalesce(wb_status, '') NOT IN "
    "('sold', 'canceled', 'canceled_by_client', 'declined_by_client', 'defect', 'canceled_by_carrier')"
)


def upgrade() -> None:
    op.create_table(
        "fbs_orders",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("fbs_order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("srid", sa.Text(), nullable=True),
        sa.Column("order_uid", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False),
        sa.Column("chrt_id", sa.BigInteger(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("skus", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=True),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("offices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("delivery_type", sa.Text(), nullable=True),
        sa.Column("cargo_type", sa.Integer(), nullable=True),
        sa.Column("cross_border_type", sa.Integer(), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("converted_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency_code", sa.Integer(), nullable=True),
        sa.Column("converted_currency_code", sa.Integer(), nullable=True),
        sa.Column("is_zero_order", sa.Boolean(), nullable=True),
        sa.Column("is_b2b", sa.Boolean(), nullable=True),
        sa.Column("supply_id", sa.Text(), nullable=True),
        sa.Column("scan_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("sale_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("final_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("converted_final_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("required_meta", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("supplier_status", sa.Text(), nullable=True),
        sa.Column("wb_status", sa.Text(), nullable=True),
        sa.Column("is_cancellable", sa.Boolean(), nullable=True),
        sa.Column("is_transferable", sa.Boolean(), nullable=True),
        sa.Column("new_hash", sa.BigInteger(), nullable=True),
        sa.Column("status_hash", sa.BigInteger(), nullable=True),
        *_kept(),
        sa.PrimaryKeyConstraint("cabinet_id", "fbs_order_id"),
    )
    op.create_index("fbs_orders_open", "fbs_orders", ["cabinet_id", "fbs_order_id"], postgresql_where=sa.text(OPEN))
    op.create_table(
        "offices",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("federal_district", sa.Text(), nullable=True),
        sa.Column("cargo_type", sa.Integer(), nullable=True),
        sa.Column("delivery_type", sa.Integer(), nullable=True),
        sa.Column("selected", sa.Boolean(), nullable=True),
        *_kept(),
        sa.PrimaryKeyConstraint("cabinet_id", "office_id"),
    )
    op.create_table(
        "seller_stocks",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chrt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("warehouse_name", sa.Text(), nullable=True),
        sa.Column("region_name", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "chrt_id", "warehouse_id"),
    )
    op.create_table(
        "stock_remains",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("tech_size", sa.Text(), nullable=False),
        sa.Column("warehouse_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("vendor_code", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "barcode", "tech_size", "warehouse_name"),
    )
    op.create_table(
        "warehouses",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("office_id", sa.BigInteger(), nullable=True),
        sa.Column("cargo_type", sa.Integer(), nullable=True),
        sa.Column("delivery_type", sa.Integer(), nullable=True),
        sa.Column("is_deleting", sa.Boolean(), nullable=True),
        sa.Column("is_processing", sa.Boolean(), nullable=True),
        *_kept(),
        sa.PrimaryKeyConstraint("cabinet_id", "warehouse_id"),
    )


def downgrade() -> None:
    for table in ("warehouses", "stock_remains", "seller_stocks", "offices", "fbs_orders"):
        op.drop_table(table)


def _kept() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
