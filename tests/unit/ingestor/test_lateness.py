"""When a resource is late."""

from ingestor.sync.lateness import late_after_seconds

MINUTE, HOUR = 60, 3600


def test_orders_read_every_minute_are_late_after_a_quarter_of_an_hour() -> None:
    assert late_after_seconds("orders", MINUTE) == late_after_seconds("order_feed", MINUTE) == 15 * MINUTE


def test_orders_that_a_token_may_read_every_three_hours_are_late_after_three_of_them() -> None:
    assert late_after_seconds("orders", 3 * HOUR) == 9 * HOUR


def test_everything_else_is_given_two_hours_or_three_refreshes() -> None:
    assert late_after_seconds("stocks", 5 * MINUTE) == 2 * HOUR
    assert late_after_seconds("finance", 12 * HOUR) == 36 * HOUR
