"""An amount of an order that was unknown came, or was corrected: the message that is there is written over."""

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order("priced"),)


KIND = Kind("order_priced", ReportedOrder, order_writer("order_priced"), preview, line=order_line)
