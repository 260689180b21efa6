"""An order changed so that a seller acts on it."""

from contracts.orders import ReportedOrder

from notifier.messages.kind import Kind
from notifier.messages.order import order_line, order_writer
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order("changed", previous={"price_with_disc": "1500", "warehouse_name": "Электросталь"}),)


KIND = Kind("order_changed", ReportedOrder, order_writer("order_changed"), preview, line=order_line)
