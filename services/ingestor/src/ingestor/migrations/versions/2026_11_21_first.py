"""The sync engine, orders, products, stocks, and the view the gateway reads."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_first"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    op.create_table(
        "cabinets",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("seller_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("sealed_token", sa.Text(), nullable=True),
        sa.Column("seller_name", sa.Text(), nullable=True),
        sa.Column("trade_mark", sa.Text(), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cabinet_id"),
    )
    op.create_index("cabinets_check", "cabinets", ["next_check_at"], unique=False)
    op.create_index("cabinets_seller", "cabinets", ["seller_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("srid", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("g_number", sa.Text(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
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
        sa.Column("price_with_disc", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("finished_price", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("is_cancel", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "srid"),
    )
    op.create_index("orders_ordered_at", "orders", ["cabinet_id", "ordered_at"], unique=False)
    op.create_table(
        "products",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("imt_id", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("vendor_code", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("sizes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id"),
    )
    op.create_table(
        "quarantine",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("page", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "resource", "body_hash"),
    )
    op.create_table(
        "stocks",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chrt_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("warehouse_name", sa.Text(), nullable=True),
        sa.Column("region_name", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("in_way_to_client", sa.Integer(), nullable=True),
        sa.Column("in_way_from_client", sa.Integer(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("gone", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "chrt_id", "warehouse_id"),
    )
    op.create_table(
        "sync_logs",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_seconds", sa.Double(), nullable=False),
        sa.Column("waited_seconds", sa.Double(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_same", sa.Integer(), nullable=False),
        sa.Column("rows_quarantined", sa.Integer(), nullable=False),
        sa.Column("rows_gone", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("cabinet_id", "id"),
    )
    op.create_index("sync_logs_started", "sync_logs", ["started_at"], unique=False)
    op.create_table(
        "sync_seen",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("key", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "resource", "key"),
    )
    op.create_table(
        "sync_state",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("cursor", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("next_run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sweep_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("requests", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("first_load_done", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("suspended_reason", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_token", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cabinet_id", "resource"),
    )
    op.create_index("sync_state_due", "sync_state", ["next_run_at"], unique=False)
    op.create_index("sync_state_lease", "sync_state", ["lease_token"], unique=False)
    # Rows of the caller's cabinets only: the predicate is the view's own, so no reader can forget it.
    op.execute("""
        CREATE VIEW ingestor_published.sync_state AS
        SELECT s.cabinet_id, s.resource,
            CASE WHEN c.status = 'suspended' OR s.suspended_reason IS NOT NULL THEN 'suspended'
                WHEN s.lease_until > now() THEN 'running'
                WHEN s.failures > 0 THEN 'failing'
                ELSE 'waiting' END AS status,
            s.last_success_at, nullif(s.next_run_at, 'infinity') AS next_run_at, s.failures,
            coalesce(s.last_error, c.detail) AS last_error, s.first_load_done, s.rows,
            CAST(s.requests -> 0 ->> 'sync_id' AS uuid) AS requested_sync_id
        FROM sync_state s JOIN cabinets c USING (cabinet_id)
        WHERE s.cabinet_id = ANY (
            CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
    """)


def downgrade() -> None:
    op.execute("DROP VIEW ingestor_published.sync_state")
    for table in ("sync_state", "sync_seen", "sync_logs", "stocks", "products", "orders", "quarantine", "cabinets"):
        op.drop_table(table)
    drop_outbox_and_inbox(op)
