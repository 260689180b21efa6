"""What orders are listed by beside their columns: state and amount."""

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


def upgrade() -> None:
    op.execute(ORDER_STATE)
    op.execute(ORDER_AMOUNT)
    op.execute(f"""
        CREATE OR REPLACE VIEW reporter_published.orders AS
        SELECT *, {STATE} AS state, {AMOUNT} AS amount FROM order_facts WHERE {CALLERS_CABINETS}
    """)


def downgrade() -> None:
    op.execute("DROP VIEW reporter_published.orders")
    op.execute(f"CREATE VIEW reporter_published.orders AS SELECT * FROM order_facts WHERE {CALLERS_CABINETS}")
    op.execute("DROP FUNCTION order_amount(numeric)")
    op.execute("DROP FUNCTION order_state(text, boolean, timestamptz, timestamptz)")
