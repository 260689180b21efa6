"""`order_lives`: what became of every order, whichever source told it.

A row is an order (its columns are those of `order_facts`) with:

- `state`: `open`, `cancelled`, `bought` or `returned`, exactly one;
- `bought_at`, and of its sale `sale_id`, `bought_price` (the seller's), `for_pay` and `sale_currency`, which may be
  another one than the order's; null: unknown;
- `returned_at`, and of its return `return_id`, `return_price` and `return_for_pay`, which are negative, and
  `return_currency`.

Sales of the order's `srid` decide: a return makes it returned, unless it was sold again after that; a sale makes it
bought, whatever is said of a cancel, until the order feed tells of a return after it. Without any, the order feed's
status decides, and a cancel that is later than the purchase it tells of. Sales without their order have no row here.
"""

from typing import Final

STATES: Final = ("open", "cancelled", "bought", "returned")

ORDER_LIVES: Final = """
SELECT orders.*, told.state,
    CASE WHEN told.state IN ('bought', 'returned')
        THEN coalesce(sold.bought_at, CASE WHEN orders.status = 'buyout' THEN orders.status_at END)
    END AS bought_at,
    sold.sale_id, sold.bought_price, sold.for_pay, sold.sale_currency,
    CASE WHEN told.state = 'returned' THEN coalesce(sold.returned_at, orders.status_at) END AS returned_at,
    sold.return_id, sold.return_price, sold.return_for_pay, sold.return_currency
FROM order_facts AS orders
CROSS JOIN LATERAL (
    -- Aggregates and no LIMIT: one look for both, and one row also where nothing was sold.
    SELECT
        max(sold_at) FILTER (WHERE NOT is_return) AS bought_at,
        (array_agg(sale_id ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE NOT is_return))[1] AS sale_id,
        (array_agg(price_with_disc ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE NOT is_return))[1]
            AS bought_price,
        (array_agg(for_pay ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE NOT is_return))[1] AS for_pay,
        (array_agg(currency ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE NOT is_return))[1] AS sale_currency,
        max(sold_at) FILTER (WHERE is_return) AS returned_at,
        (array_agg(sale_id ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE is_return))[1] AS return_id,
        (array_agg(price_with_disc ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE is_return))[1] AS return_price,
        (array_agg(for_pay ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE is_return))[1] AS return_for_pay,
        (array_agg(currency ORDER BY sold_at DESC, sale_id DESC) FILTER (WHERE is_return))[1] AS return_currency
    FROM sales WHERE sales.cabinet_id = orders.cabinet_id AND sales.order_id = orders.order_id
) AS sold
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN sold.returned_at >= sold.bought_at OR sold.bought_at IS NULL AND sold.returned_at IS NOT NULL
            THEN 'returned'
        WHEN orders.status IN ('return', 'returnDefective')
            AND (sold.bought_at IS NULL OR orders.status_at > sold.bought_at) THEN 'returned'
        WHEN sold.bought_at IS NOT NULL THEN 'bought'
        WHEN orders.status = 'buyout'
            AND NOT (orders.is_cancel AND coalesce(orders.cancelled_at > orders.status_at, false)) THEN 'bought'
        WHEN orders.is_cancel OR orders.status = 'cancel' THEN 'cancelled'
        ELSE 'open'
    END AS state
) AS told
"""
"""The view's query."""
