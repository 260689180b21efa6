"""Order facts, totals, analytics, projections, and the views the gateway reads."""

import sqlalchemy as sa
from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox
from sqlalchemy.dialects import postgresql

revision = "2026_11_21_first"
down_revision = None
branch_labels = None
depends_on = None

PUBLISHED = {"orders": "order_facts", "analytics": "analytics_cache", "products": "products"}
"""View in `reporter_published` → the table it shows."""

CALLERS_CABINETS = """
    cabinet_id = ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
"""


def upgrade() -> None:
    create_outbox(op)
    create_inbox(op)
    op.create_table(
        "analytics_cache",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False, comment="0: the whole cabinet"),
        sa.Column("period_days", sa.Integer(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False, comment="last Moscow day, included"),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("orders_sum", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("cancelled_sum", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "period_days"),
    )
    op.create_index("analytics_cache_period_end", "analytics_cache", ["period_end", "cabinet_id"])
    op.create_table(
        "day_totals",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False, comment="0: the whole cabinet"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("orders_sum", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("cancelled_sum", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "day"),
    )
    op.create_index("day_totals_day", "day_totals", ["cabinet_id", "day"], postgresql_where=sa.text("nm_id <> 0"))
    op.create_table(
        "disconnected_cabinets",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("disconnected_at", sa.DateTime(timezone=True), nullable=False, comment="time of the event"),
        sa.PrimaryKeyConstraint("cabinet_id"),
    )
    op.create_table(
        "order_facts",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="Moscow day of ordered_at"),
        sa.Column("origin", sa.Text(), nullable=False, comment="of the event that brought the revision"),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="time of the event that brought the revision",
        ),
        sa.Column("srid", sa.Text(), nullable=False),
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
        sa.Column("total_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("discount_percent", sa.Integer(), nullable=True),
        sa.Column("spp", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("price_with_disc", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("finished_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("is_cancel", sa.Boolean(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("cabinet_id", "order_id"),
    )
    op.create_index("order_facts_cell", "order_facts", ["cabinet_id", "nm_id", "day"])
    op.create_index("order_facts_page", "order_facts", ["cabinet_id", "ordered_at", "order_id"])
    op.create_table(
        "products",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imt_id", sa.BigInteger(), nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("vendor_code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("sizes", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id"),
    )
    op.create_table(
        "stocks",
        sa.Column("cabinet_id", sa.Uuid(), nullable=False),
        sa.Column("nm_id", sa.BigInteger(), nullable=False),
        sa.Column("chrt_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warehouse_name", sa.Text(), nullable=True),
        sa.Column("region_name", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("in_way_to_client", sa.Integer(), nullable=True),
        sa.Column("in_way_from_client", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("cabinet_id", "nm_id", "chrt_id", "warehouse_id"),
    )
    for view, table in PUBLISHED.items():
        # A view's columns are a promise: they are fixed by what the table has here, and a migration that
        # adds a column adds it to the view on purpose.
        op.execute(f"CREATE VIEW reporter_published.{view} AS SELECT * FROM {table} WHERE {CALLERS_CABINETS}")


def downgrade() -> None:
    for view in PUBLISHED:
        op.execute(f"DROP VIEW reporter_published.{view}")
    for table in ("order_facts", "day_totals", "analytics_cache", "products", "stocks", "disconnected_cabinets"):
        op.drop_table(table)
    drop_outbox_and_inbox(op)
