"""Views of what the gateway lists, and the indexes that its lists are read from."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_29_reads"
down_revision = "2026_11_29_first"
branch_labels = None
depends_on = None

PUBLISHED = (
    "alerts",
    "day_totals",
    "feedbacks",
    "item_figures",
    "prices",
    "seller_stocks",
    "sources",
    "stock_remains",
    "stocks",
)
"""Views in `reporter_published`, each of the table of its name."""

CALLERS_CABINETS = """
    cabinet_id = ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
"""


def upgrade() -> None:
    op.create_index("products_updated", "products", ["cabinet_id", "updated_at", "nm_id"])
    op.create_index("products_brand", "products", ["cabinet_id", sa.text('"left"(brand, 101)'), "nm_id"])
    op.create_index("products_subject", "products", ["cabinet_id", sa.text('"left"(subject, 101)'), "nm_id"])
    op.create_index("alerts_raised", "alerts", ["cabinet_id", "raised_at", "alert_id"])
    op.create_index(
        "alerts_open",
        "alerts",
        ["cabinet_id", "raised_at", "alert_id"],
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index("alerts_rule", "alerts", ["cabinet_id", "rule", "raised_at", "alert_id"])
    for table in PUBLISHED:
        op.execute(f"CREATE VIEW reporter_published.{table} AS SELECT * FROM {table} WHERE {CALLERS_CABINETS}")


def downgrade() -> None:
    for table in PUBLISHED:
        op.execute(f"DROP VIEW reporter_published.{table}")
    for index, table in (
        ("alerts_rule", "alerts"),
        ("alerts_open", "alerts"),
        ("alerts_raised", "alerts"),
        ("products_subject", "products"),
        ("products_brand", "products"),
        ("products_updated", "products"),
    ):
        op.drop_index(index, table)
