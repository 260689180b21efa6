"""Feedbacks, questions, claims and the sales funnel."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_voices"
down_revision = "2026_11_21_goods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedbacks",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=True),
        sa.Column("imt_id", sa.BigInteger(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("supplier_article", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("size", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("valuation", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("pros", sa.Text(), nullable=True),
        sa.Column("cons", sa.Text(), nullable=True),
        sa.Column("bables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("photos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("video", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("matching_size", sa.Text(), nullable=True),
        sa.Column("order_status", sa.Text(), nullable=True),
        sa.Column("bought_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shk_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("answer_state", sa.Text(), nullable=True),
        sa.Column("answer_editable", sa.Boolean(), nullable=True),
        sa.Column("was_viewed", sa.Boolean(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("child_id", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_table(
        "questions",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=True),
        sa.Column("imt_id", sa.BigInteger(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("supplier_article", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("answer_text", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_editable", sa.Boolean(), nullable=True),
        sa.Column("was_viewed", sa.Boolean(), nullable=True),
        sa.Column("is_warned", sa.Boolean(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_table(
        "claims",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("claim_type", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("status_ex", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("srid", sa.Text(), nullable=True),
        sa.Column("nm_id", sa.BigInteger(), nullable=True),
        sa.Column("product_name", sa.Text(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("currency_code", sa.Text(), nullable=True),
        sa.Column("user_comment", sa.Text(), nullable=True),
        sa.Column("wb_comment", sa.Text(), nullable=True),
        sa.Column("photos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("videos", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_table(
        "funnel",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=True),
        sa.Column("cart_count", sa.Integer(), nullable=True),
        sa.Column("order_count", sa.Integer(), nullable=True),
        sa.Column("order_sum", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("buyout_count", sa.Integer(), nullable=True),
        sa.Column("buyout_sum", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("buyout_percent", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("add_to_cart_conversion", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("cart_to_order_conversion", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("add_to_wishlist_count", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "day"),
    )


def downgrade() -> None:
    for table in ("funnel", "claims", "questions", "feedbacks"):
        op.drop_table(table)
