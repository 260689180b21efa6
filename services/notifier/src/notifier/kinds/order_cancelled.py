"""An order was cancelled."""

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order("cancelled"),)


KIND = Kind("order_cancelled", ReportedOrder, order_writer("order_cancelled"), preview, line=order_line)
