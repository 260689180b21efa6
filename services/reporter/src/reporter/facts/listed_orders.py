"""What orders are listed by: functions of the database, so that a list and its index say the same."""

from typing import Final

ORDER_STATE: Final = """
CREATE FUNCTION order_state(status text, is_cancel boolean, cancelled_at timestamptz, status_at timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN status IN ('return', 'returnDefective') THEN 'returned'
    WHEN status = 'buyout' AND NOT (is_cancel AND coalesce(cancelled_at > status_at, false)) THEN 'bought'
    WHEN is_cancel OR status = 'cancel' THEN 'cancelled'
    ELSE 'open'
END
"""
"""What became of an order as the order itself tells, without its sales: `order_lives` knows of those too."""

ORDER_AMOUNT: Final = """
CREATE FUNCTION order_amount(price_with_disc numeric)
RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(price_with_disc, '-Infinity')
"""
"""What an order is sorted by; one whose amount is unknown is the smallest."""
