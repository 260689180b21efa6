"""An order was bought."""

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return sample_order("bought"), sample_order("bought", for_pay=None)


KIND = Kind("order_bought", ReportedOrder, order_writer("order_bought"), preview, line=order_line)
