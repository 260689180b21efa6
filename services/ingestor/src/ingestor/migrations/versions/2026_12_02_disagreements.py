"""What the two sources of orders disagree about is counted: by cabinet, source and field, of the last 30 days."""

import sqlalchemy as sa
from alembic import op

revision = "2026_12_02_disagreements"
down_revision = "2026_12_02_range_progress"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "orders_of_one_source",
        "orders",
        ["cabinet_id", "ordered_at"],
        postgresql_where=sa.text(
            "feed_hash IS NULL OR content_hash IS NULL OR is_cancel <> (status = 'cancel')"
            " OR price_with_disc <> seller_price"
        ),
    )
    # A source is asked of what it had time to show: a cancel 30 minutes, which is how often statistics refreshes, an
    # order a day. Of a cabinet 10,000 orders at most are looked at. The feed reaches 31 days back.
    op.execute("""
        CREATE VIEW order_disagreements AS
        SELECT feed.cabinet_id, told.resource, told.field, told.orders
        FROM sync_state AS feed
        JOIN sync_state AS statistics ON statistics.cabinet_id = feed.cabinet_id AND statistics.resource = 'orders'
        CROSS JOIN LATERAL (
            SELECT
                count(*) FILTER (WHERE content_hash IS NULL
                    AND ordered_at < statistics.last_success_at - interval '1 day') AS not_in_statistics,
                count(*) FILTER (WHERE feed_hash IS NULL
                    AND ordered_at < feed.last_success_at - interval '1 day') AS not_in_feed,
                count(*) FILTER (WHERE status = 'cancel' AND NOT is_cancel
                    AND changed_at < statistics.last_success_at - interval '30 minutes') AS not_cancelled_in_statistics,
                count(*) FILTER (WHERE is_cancel AND status <> 'cancel'
                    AND changed_at < feed.last_success_at - interval '30 minutes') AS not_cancelled_in_feed,
                count(*) FILTER (WHERE price_with_disc <> seller_price) AS priced_apart
            FROM (
                SELECT content_hash, feed_hash, status, is_cancel, changed_at, ordered_at, price_with_disc, seller_price
                FROM orders
                WHERE orders.cabinet_id = feed.cabinet_id AND ordered_at > now() - interval '30 days'
                    AND (feed_hash IS NULL OR content_hash IS NULL OR is_cancel <> (status = 'cancel')
                        OR price_with_disc <> seller_price)
                LIMIT 10000
            ) AS apart
        ) AS counted
        CROSS JOIN LATERAL (VALUES
            ('orders', 'srid', not_in_statistics),
            ('order_feed', 'srid', not_in_feed),
            ('orders', 'is_cancel', not_cancelled_in_statistics),
            ('order_feed', 'is_cancel', not_cancelled_in_feed),
            ('orders', 'price', priced_apart)
        ) AS told (resource, field, orders)
        WHERE feed.resource = 'order_feed' AND feed.first_load_done AND feed.suspended_reason IS NULL
            AND feed.next_run_at < 'infinity' AND statistics.first_load_done AND statistics.suspended_reason IS NULL
            AND statistics.next_run_at < 'infinity'
    """)
    op.execute("""
        CREATE VIEW ingestor_published.order_disagreements AS
        SELECT cabinet_id, resource, field, orders FROM order_disagreements
        WHERE cabinet_id = ANY (
            CAST(string_to_array(nullif(current_setting('pulse.cabinet_ids', true), ''), ',') AS uuid[]))
    """)


def downgrade() -> None:
    op.execute("DROP VIEW ingestor_published.order_disagreements")
    op.execute("DROP VIEW order_disagreements")
    op.drop_index("orders_of_one_source", "orders")
