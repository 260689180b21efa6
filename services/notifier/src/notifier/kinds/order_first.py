"""The first order of an item ever: told of a new order, in its place."""

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order(),)


KIND = Kind("order_first", ReportedOrder, order_writer("order_first"), preview, line=order_line)
