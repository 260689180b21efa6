"""An order of a large amount: told of a new order, in its place."""

from decimal import Decimal

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order(price_with_disc=Decimal(14940), total_price=Decimal(24900)),)


KIND = Kind("order_big", ReportedOrder, order_writer("order_big"), preview, line=order_line)
