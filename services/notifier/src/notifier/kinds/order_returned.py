"""An order was given back."""

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order("returned"),)


KIND = Kind("order_returned", ReportedOrder, order_writer("order_returned"), preview, line=order_line)
