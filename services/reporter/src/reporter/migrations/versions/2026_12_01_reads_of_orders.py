"""How orders are listed: by state, amount, warehouse, region and size, each read from an index."""

import sqlalchemy as sa
from alembic import op
from reporter.facts.listed_orders import ORDER_AMOUNT, ORDER_STATE

revision = "2026_12_01_reads_of_orders"
down_revision = "2026_12_01_reviews"
branch_labels = None
depends_on = None

CALLERS_CABINETS = """
    cabinet_id = ANY (CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
"""
STATE = "order_state(status, is_cancel, cancelled_at, status_at)"
AMOUNT = "order_amount(price_with_disc)"
BY_NAME = {"warehouse": "warehouse_name", "region": "region_name", "size": "tech_size"}


def upgrade() -> None:
    op.execute(ORDER_STATE)
    op.execute(ORDER_AMOUNT)
    op.create_index("order_facts_state", "order_facts", ["cabinet_id", sa.text(STATE), "ordered_at", "order_id"])
    op.create_index("order_facts_amount", "order_facts", ["cabinet_id", sa.text(AMOUNT), "order_id"])
    for name, column in BY_NAME.items():
        op.create_index(
            f"order_facts_{name}",
            "order_facts",
            ["cabinet_id", sa.text(f'"left"({column}, 101)'), "ordered_at", "order_id"],
        )
    op.execute(f"""
        CREATE OR REPLACE VIEW reporter_published.orders AS
        SELECT *, {STATE} AS state, {AMOUNT} AS amount FROM order_facts WHERE {CALLERS_CABINETS}
    """)


def downgrade() -> None:
    op.execute("DROP VIEW reporter_published.orders")
    op.execute(f"CREATE VIEW reporter_published.orders AS SELECT * FROM order_facts WHERE {CALLERS_CABINETS}")
    for name in ("state", "amount", *BY_NAME):
        op.drop_index(f"order_facts_{name}", "order_facts")
    op.execute("DROP FUNCTION order_amount(numeric)")
    op.execute("DROP FUNCTION order_state(text, boolean, timestamptz, timestamptz)")
