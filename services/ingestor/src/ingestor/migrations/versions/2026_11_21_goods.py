"""Sales, prices and tariffs; what a card says of its packing, and whether it is listed."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_goods"
down_revision = "2026_11_21_fulfilment"
branch_labels = None
depends_on = None

OF_CARDS: tuple[sa.Column[Any], ...] = (
    sa.Column("created_at", sa.DateTime(timezone=True)),
    sa.Column("length", sa.Numeric(precision=18, scale=2)),
    sa.Column("width", sa.Numeric(precision=18, scale=2)),
    sa.Column("height", sa.Numeric(precision=18, scale=2)),
    sa.Column("weight_brutto", sa.Numeric(precision=18, scale=3)),
    sa.Column("dimensions_valid", sa.Boolean()),
    sa.Column("need_kiz", sa.Boolean()),
    sa.Column("is_listed", sa.Boolean()),
)
TABLES = (
    "sales",
    "prices",
    "prices_history",
    "tariffs_commission",
    "tariffs_commission_history",
    "tariffs_box",
    "tariffs_box_history",
    "tariffs_return",
    "tariffs_return_history",
)


def upgrade() -> None:
    for column in OF_CARDS:
        op.add_column("products", column)
    op.create_table(
        "sales",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("srid", sa.Text(), nullable=True),
        sa.Column("is_return", sa.Boolean(), nullable=False),
        sa.Column("g_number", sa.Text(), nullable=True),
        sa.Column("sold_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_change_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_article", sa.Text(), nullable=True),
        sa.Column("barcode", sa.Text(), nullable=True),
        sa.Column("tech_size", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("warehouse_name", sa.Text(), nullable=True),
        sa.Column("warehouse_type", sa.Text(), nullable=True),
        sa.Column("country_name", sa.Text(), nullable=True),
        sa.Column("oblast_okrug_name", sa.Text(), nullable=True),
        sa.Column("region_name", sa.Text(), nullable=True),
        sa.Column("total_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discount_percent", sa.Integer(), nullable=True),
        sa.Column("spp", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("payment_sale_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("price_with_disc", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("finished_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("for_pay", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "sale_id"),
    )
    op.create_table(
        "prices",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("vendor_code", sa.Text(), nullable=True),
        sa.Column("tech_size_name", sa.Text(), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discounted_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("club_discounted_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("discount", sa.Integer(), nullable=True),
        sa.Column("club_discount", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("editable_size_price", sa.Boolean(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "size_id"),
    )
    op.create_table(
        "prices_history",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "size_id", "revision"),
    )
    op.create_table(
        "tariffs_commission",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("subject_name", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("parent_name", sa.Text(), nullable=True),
        sa.Column("paid_storage_kgvp", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("kgvp_marketplace", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("kgvp_supplier", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("kgvp_supplier_express", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("kgvp_pickup", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("kgvp_booking", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("kgvp", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "subject_id"),
    )
    op.create_table(
        "tariffs_commission_history",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "subject_id", "revision"),
    )
    op.create_table(
        "tariffs_box",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_name", sa.Text(), nullable=False),
        sa.Column("geo_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("box_delivery_base", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_delivery_liter", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_delivery_coef_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_delivery_marketplace_base", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_delivery_marketplace_liter", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_delivery_marketplace_coef_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_storage_base", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_storage_liter", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("box_storage_coef_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("dt_next_box", sa.Date(), nullable=True),
        sa.Column("dt_till_max", sa.Date(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "warehouse_name", "geo_name"),
    )
    op.create_table(
        "tariffs_box_history",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("geo_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "warehouse_name", "geo_name", "revision"),
    )
    op.create_table(
        "tariffs_return",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("delivery_dump_kgt_office_base", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_kgt_office_liter", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_kgt_return_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_srg_office_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_srg_return_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_sup_courier_base", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_sup_courier_liter", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_sup_office_base", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_sup_office_liter", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("delivery_dump_sup_return_expr", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("dt_next_delivery_dump_kgt", sa.Date(), nullable=True),
        sa.Column("dt_next_delivery_dump_srg", sa.Date(), nullable=True),
        sa.Column("dt_next_delivery_dump_sup", sa.Date(), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "warehouse_name"),
    )
    op.create_table(
        "tariffs_return_history",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("previous", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "warehouse_name", "revision"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for column in OF_CARDS:
        op.drop_column("products", column.name)
