"""How long after its last complete reading a resource is late."""

ORDERS_SECONDS = 15 * 60
"""A seller looks for an order that he has seen at Wildberries after some minutes."""

OTHERS_SECONDS = 2 * 60 * 60

REFRESHES = 3
"""Where WB permits a reading every few hours, one that failed is no delay yet."""

_ORDERS = frozenset({"orders", "order_feed"})


def late_after_seconds(resource: str, refresh_seconds: float) -> float:
    """Seconds from one complete reading until the resource is late, if it is read every `refresh_seconds`."""
    least = ORDERS_SECONDS if resource in _ORDERS else OTHERS_SECONDS
    return max(least, REFRESHES * refresh_seconds)
